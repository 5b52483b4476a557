#!/usr/bin/env node
import 'reflect-metadata';
import { Command } from 'commander';
import { runProcess } from './bootstrap/run-process.js';
import { loadEnvironment, packageVersion } from './infra/config/index.js';
import { checkOpenApi, writeOpenApi } from './commands/openapi.command.js';
import { migrateCommand } from './commands/migrate.command.js';
import { seedCommand } from './commands/seed.command.js';

/** `prompt-ledger …`: what operators run beside the service, from dist and without development packages. */
const program = new Command('prompt-ledger').version(packageVersion()).showHelpAfterError();

program
  .command('migrate')
  .description('bring the database up to date, as the owner of its tables')
  .option('--revert', 'take the latest migration back')
  .action((options: { revert?: boolean }) => migrateCommand(loadEnvironment(), options.revert === true));

program
  .command('seed')
  .description('allow the current models of the catalogue in the project "default"; repeatable')
  .action(() => seedCommand(loadEnvironment()));

program
  .command('openapi')
  .description('write the OpenAPI document, or check that a written one is current')
  .option('--out <file>', 'where to write it', 'openapi.json')
  .option('--check <file>', 'exit with 1 when this file differs')
  .action((options: { out: string; check?: string }) =>
    options.check === undefined ? writeOpenApi(options.out) : checkOpenApi(options.check),
  );

runProcess(async () => {
  await program.parseAsync();
});
