#!/usr/bin/env node
import 'reflect-metadata';
import { Command } from 'commander';
import { runProcess } from './bootstrap/run-process.js';
import { loadEnvironment, packageVersion } from './infra/config/index.js';

/**
 * `prompt-ledger …`: what operators run beside the service, from dist and without development packages. Each command
 * loads its part when it is asked for: the whole service takes a second to load, and `--help` should not.
 */
const program = new Command('prompt-ledger').version(packageVersion()).showHelpAfterError();

program
  .command('migrate')
  .description('bring the database up to date, as the owner of its tables')
  .option('--revert', 'take the latest migration back')
  .action(async (options: { revert?: boolean }) => {
    const { migrateCommand } = await import('./commands/migrate.command.js');
    await migrateCommand(loadEnvironment(), options.revert === true);
  });

program
  .command('seed')
  .description('allow the current models of the catalogue in the project "default"; repeatable')
  .action(async () => {
    const { seedCommand } = await import('./commands/seed.command.js');
    await seedCommand(loadEnvironment());
  });

program
  .command('openapi')
  .description('write the OpenAPI document, or check that a written one is current')
  .option('--out <file>', 'where to write it', 'openapi.json')
  .option('--check <file>', 'exit with 1 when this file differs')
  .action(async (options: { out: string; check?: string }) => {
    const { checkOpenApi, writeOpenApi } = await import('./commands/openapi.command.js');
    await (options.check === undefined ? writeOpenApi(options.out) : checkOpenApi(options.check));
  });

runProcess(async () => {
  await program.parseAsync();
});
