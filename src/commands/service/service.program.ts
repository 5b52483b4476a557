import type { Command } from 'commander';
import type { Environment } from '../../infra/config/index.js';
import { examples } from '../terminal/examples.js';

/** Adds the commands that run next to the database: the processes of the service, and the operators' commands. */
export function addServiceCommands(program: Command): void {
  program
    .command('start')
    .description('start the API, with a worker and a database inside unless the environment says otherwise')
    .addHelpText('after', examples('prompt-ledger start', 'PORT=9000 prompt-ledger start'))
    .action(async () => {
      await import('../../main.js');
    });

  program
    .command('worker')
    .description('start a worker: it works on queued executions, and has no API')
    .addHelpText('after', examples('DATABASE_URL=postgres://… REDIS_URL=redis://… prompt-ledger worker'))
    .action(async () => {
      await import('../../worker.js');
    });

  program
    .command('migrate')
    .description('bring the database up to date, as the owner of its tables')
    .option('--revert', 'take the latest migration back')
    .addHelpText('after', examples('MIGRATION_DATABASE_URL=postgres://… prompt-ledger migrate'))
    .action(async (options: { revert?: boolean }) => {
      const { migrateCommand } = await import('./migrate.command.js');
      await operate((env) => migrateCommand(env, options.revert === true));
    });

  program
    .command('seed')
    .description('allow the current models of the catalogue in the project "default"; repeatable')
    .addHelpText('after', examples('prompt-ledger seed'))
    .action(async () => {
      const { seedCommand } = await import('./seed.command.js');
      await operate(seedCommand);
    });

  program
    .command('openapi', { hidden: true })
    .description('write the OpenAPI document, or check that a written one is current')
    .option('--out <file>', 'where to write it', 'openapi.json')
    .option('--check <file>', 'exit with 1 when this file differs')
    .action(async (options: { out: string; check?: string }) => {
      const { checkOpenApi, writeOpenApi } = await import('./openapi.command.js');
      await operate(() =>
        options.check === undefined ? writeOpenApi(options.out) : checkOpenApi(options.check),
      );
    });
}

/** Runs a command with the service's environment and error handling: one sentence for what operators can fix. */
async function operate(command: (env: Environment) => Promise<void>): Promise<void> {
  const [{ runProcess }, { loadEnvironment }] = await Promise.all([
    import('../../bootstrap/run-process.js'),
    import('../../infra/config/index.js'),
  ]);
  runProcess(async () => command(loadEnvironment()));
}
