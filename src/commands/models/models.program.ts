import type { Command } from 'commander';
import type { AllowModelFlags } from './models.command.js';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { toNumber, withLedgerFlags } from '../terminal/flags.js';

/** Commands for the list of models that may be called. */
export function addModels(models: Command): void {
  withLedgerFlags(models.command('list'))
    .description('list the allowed models')
    .addHelpText('after', examples('prompt-ledger models list'))
    .action(async (flags: LedgerFlags) => {
      const { listModelsCommand } = await import('./models.command.js');
      await listModelsCommand(flags);
    });

  withLedgerFlags(models.command('allow <provider/model>'))
    .description('allow a model, or change what is known of it')
    .option('--max-tokens <number>', 'the most tokens of one answer', toNumber)
    .option('--no-streaming', 'it cannot stream')
    .addHelpText('after', examples('prompt-ledger models allow openai/gpt-4o-mini --max-tokens 16384'))
    .action(async (id: string, flags: AllowModelFlags) => {
      const { allowModelCommand } = await import('./models.command.js');
      await allowModelCommand(id, flags);
    });

  withLedgerFlags(models.command('delete <provider/model>'))
    .description('take a model off the list; what was executed with it stays')
    .addHelpText('after', examples('prompt-ledger models delete openai/gpt-4-turbo'))
    .action(async (id: string, flags: LedgerFlags) => {
      const { deleteModelCommand } = await import('./models.command.js');
      await deleteModelCommand(id, flags);
    });
}
