import type { Command } from 'commander';
import type { ListMovesFlags, MoveFlags, SetEnvironmentFlags } from './environments.command.js';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { collect, toNumber, withLedgerFlags } from '../terminal/flags.js';

/** Commands for which version runs where, and which environments are protected. */
export function addEnvironments(program: Command): void {
  const environments = program
    .command('environments')
    .description('which version of a prompt runs where, and which environments are protected');
  addRules(environments);
  addMoves(environments);
  withMoveFlags(withLedgerFlags(program.command('rollback <prompt>')))
    .description('run the version that ran in an environment before')
    .addHelpText(
      'after',
      examples(
        'prompt-ledger rollback team/welcome --environment prod',
        "prompt-ledger rollback team/welcome --environment prod --reason 'Answers got too long'",
      ),
    )
    .action(async (prompt: string, flags: MoveFlags) => {
      const { rollbackCommand } = await import('./environments.command.js');
      await rollbackCommand(prompt, flags);
    });
}

function addRules(environments: Command): void {
  withLedgerFlags(environments.command('list [prompt]'))
    .description('list the environments that have rules, or those where a prompt has a version of its own')
    .addHelpText(
      'after',
      examples('prompt-ledger environments list', 'prompt-ledger environments list team/welcome'),
    )
    .action(async (prompt: string | undefined, flags: LedgerFlags) => {
      const { listEnvironmentsCommand } = await import('./environments.command.js');
      await listEnvironmentsCommand(prompt, flags);
    });

  withLedgerFlags(environments.command('set <name>'))
    .description('set the rules of an environment; what is not given stays as it is')
    .option('--protected', 'run nothing but what was approved')
    .option('--no-protected', 'run any version that is requested')
    .option('--approvals <number>', 'how many approvals a change needs', toNumber)
    .option('--team <team>', 'count only approvals by members of this team; may be repeated', collect)
    .option('--change-ttl <hours>', 'hours until a change that was opened expires', toNumber)
    .addHelpText('after', examples('prompt-ledger environments set prod --protected --approvals 2'))
    .action(async (name: string, flags: SetEnvironmentFlags) => {
      const { setEnvironmentCommand } = await import('./environments.command.js');
      await setEnvironmentCommand(name, flags);
    });
}

function addMoves(environments: Command): void {
  withMoveFlags(withLedgerFlags(environments.command('move <prompt>')))
    .description('run a version of a prompt in an environment')
    .argument('<version>', 'number of the version', toNumber)
    .addHelpText('after', examples('prompt-ledger environments move team/welcome 3 --environment prod'))
    .action(async (prompt: string, version: number, flags: MoveFlags) => {
      const { moveCommand } = await import('./environments.command.js');
      await moveCommand(prompt, version, flags);
    });

  withLedgerFlags(environments.command('moves <prompt>'))
    .description('list what ran where, newest first')
    .option('--environment <label>', 'only in this environment')
    .option('--limit <number>', 'at most this many, up to 200', toNumber, 20)
    .addHelpText('after', examples('prompt-ledger environments moves team/welcome --environment prod'))
    .action(async (prompt: string, flags: ListMovesFlags) => {
      const { listMovesCommand } = await import('./environments.command.js');
      await listMovesCommand(prompt, flags);
    });
}

function withMoveFlags(command: Command): Command {
  return command
    .requiredOption('--environment <label>', 'where, such as prod')
    .option('--reason <text>', 'why, for the history');
}
