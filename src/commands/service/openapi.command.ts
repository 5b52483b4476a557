import { readFile, writeFile } from 'node:fs/promises';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ApiModule } from '../../api.module.js';
import { AppConfig, ConfigurationError, Environment, packageVersion } from '../../infra/config/index.js';
import { buildOpenApiDocument } from '../../infra/http/index.js';

export async function writeOpenApi(file: string): Promise<void> {
  await writeFile(file, await openApiText());
  process.stdout.write(`Wrote ${file}.\n`);
}

/** @throws ConfigurationError when the file differs from what the sources define. */
export async function checkOpenApi(file: string): Promise<void> {
  const written = await readFile(file, 'utf8').catch(() => '');
  if (written !== (await openApiText())) {
    throw new ConfigurationError(`${file} is not current; run "npm run openapi" and commit it.`);
  }
  process.stdout.write(`${file} is current.\n`);
}

/** In preview mode Nest reads modules and controllers and builds nothing, so it needs neither database nor bell. */
async function openApiText(): Promise<string> {
  const config = new AppConfig(new Environment(), { databaseUrl: '', keyHashSecret: null, embedded: true });
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.forRoot(config), {
    preview: true,
    logger: ['error'],
    abortOnError: false,
  });
  return `${JSON.stringify(buildOpenApiDocument(app, { version: packageVersion() }), null, 2)}\n`;
}
