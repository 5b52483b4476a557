import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { withLedgerFlags } from '../terminal/flags.js';
import type { ListScorersFlags, PutScorerFlags, ScoreFlags } from './scorers.command.js';

const ID = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';
const KINDS = ['check', 'code', 'judge', 'human'];

/** Commands for scorers and their scores. */
export function addScorers(program: Command): void {
  const scorer = program.command('scorer').description('put, list and delete scorers');

  withLedgerFlags(scorer.command('put <file>'))
    .description(
      'make a scorer, or give it a version: from YAML or JSON, or from JavaScript for code; - is standard input',
    )
    .option('--name <name>', 'its name; by default the name in the file, else the name of the file')
    .addHelpText(
      'after',
      examples('prompt-ledger scorer put scorers/short.js', 'prompt-ledger scorer put scorers/faithful.yaml'),
    )
    .action(async (file: string, flags: PutScorerFlags) => {
      const { putScorerCommand } = await import('./scorers.command.js');
      await putScorerCommand(file, flags);
    });

  withLedgerFlags(scorer.command('list'))
    .description('list scorers by name')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(KINDS))
    .addHelpText('after', examples('prompt-ledger scorer list --kind judge'))
    .action(async (flags: ListScorersFlags) => {
      const { listScorersCommand } = await import('./scorers.command.js');
      await listScorersCommand(flags);
    });

  withLedgerFlags(scorer.command('delete <name>'))
    .description('delete a scorer; its scores stay')
    .addHelpText('after', examples('prompt-ledger scorer delete short'))
    .action(async (name: string, flags: LedgerFlags) => {
      const { deleteScorerCommand } = await import('./scorers.command.js');
      await deleteScorerCommand(name, flags);
    });

  addScore(program);
}

function addScore(program: Command): void {
  withLedgerFlags(program.command('score <execution>'))
    .description(
      'say what you think of an execution, with --value or --label; without them a check, code or judge scores it: exits with 1 when it does not pass, 2 when that cannot be told',
    )
    .requiredOption('--scorer <name>', 'by which scorer')
    .option('--value <number>', 'a number, for a scorer with a range', toValue)
    .option('--label <label>', 'a label, for a scorer with labels')
    .option('--explanation <text>', 'why')
    .option('--expected <json>', 'what was expected, for a score that is computed')
    .option('--keep', 'keep a score that is computed')
    .addHelpText(
      'after',
      examples(
        `prompt-ledger score ${ID} --scorer helpful --label good`,
        `prompt-ledger score ${ID} --scorer stars --value 4 --explanation 'A bit long'`,
        `prompt-ledger score ${ID} --scorer correct --expected '"Paris"'`,
      ),
    )
    .action(async (executionId: string, flags: ScoreFlags) => {
      const { scoreCommand } = await import('./scorers.command.js');
      process.exitCode = await scoreCommand(executionId, flags);
    });
}

function toValue(text: string): number {
  if (!/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) throw new InvalidArgumentError('It must be a number.');
  return Number(text);
}
