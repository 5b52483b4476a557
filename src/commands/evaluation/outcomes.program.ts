import { type Command, InvalidArgumentError } from 'commander';
import { examples } from '../terminal/examples.js';
import { toNumber, withLedgerFlags } from '../terminal/flags.js';
import type { ListOutcomesFlags, RecordOutcomeFlags } from './outcomes.command.js';

const ID = '019ab0c4-9c2f-7d1e-8a55-2f6f3c1b7e10';

/** Adds the commands for outcomes of executions. */
export function addOutcomes(outcome: Command): void {
  withLedgerFlags(outcome.command('record <metric>'))
    .description('record what became of an execution; the first value counts')
    .argument('<value>', 'a number, true or false', toOutcome)
    .option('--execution <id>', 'the execution')
    .option('--correlation-id <id>', 'all executions with this id of yours')
    .addHelpText(
      'after',
      examples(
        `prompt-ledger outcome record resolved true --execution ${ID}`,
        'prompt-ledger outcome record revenue_usd 12.5 --correlation-id order-4711',
      ),
    )
    .action(async (metric: string, value: number | boolean, flags: RecordOutcomeFlags) => {
      const { recordOutcomeCommand } = await import('./outcomes.command.js');
      await recordOutcomeCommand(metric, value, flags);
    });

  withLedgerFlags(outcome.command('list'))
    .description('list outcomes, the latest first')
    .option('--execution <id>', 'only of this execution')
    .option('--metric <name>', 'only of this metric')
    .option('--limit <number>', 'at most this many, up to 200', toNumber, 20)
    .addHelpText('after', examples('prompt-ledger outcome list --metric resolved'))
    .action(async (flags: ListOutcomesFlags) => {
      const { listOutcomesCommand } = await import('./outcomes.command.js');
      await listOutcomesCommand(flags);
    });
}

function toOutcome(text: string): number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  if (!/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) {
    throw new InvalidArgumentError('It must be a number, true or false.');
  }
  return Number(text);
}
