import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { attachBackends } from '../../bootstrap/backends.js';
import { AppConfig, ConfigModule, type Environment } from '../../infra/config/index.js';
import { DatabaseModule } from '../../infra/database/index.js';
import { ModelsModule, ModelsService, PricesService } from '../../modules/models/index.js';
import { ProjectsModule, ProjectsService } from '../../modules/projects/index.js';

@Module({ imports: [DatabaseModule, ModelsModule, ProjectsModule] })
class SeedModule {}

export async function seedCommand(env: Environment): Promise<void> {
  const config = new AppConfig(env, await attachBackends(env));
  const module = { module: SeedModule, imports: [ConfigModule.forRoot(config)] };
  const app = await NestFactory.createApplicationContext(module, {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  try {
    const projectId = await app.get(ProjectsService).getDefaultProjectId();
    const models = await app.get(ModelsService).seed(projectId);
    process.stdout.write(
      models === 0 ? 'All models of the catalogue are allowed already.\n' : `Allowed ${models} models.\n`,
    );
    const prices = await app.get(PricesService).seed(projectId);
    process.stdout.write(
      prices === 0 ? 'All models of the catalogue have prices already.\n' : `Added ${prices} prices.\n`,
    );
  } finally {
    await app.close();
  }
}
