import type { Command } from 'commander';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { toNumber, withLedgerFlags } from '../terminal/flags.js';
import type { ApplySuggestionFlags, DismissFlags, ListSuggestionsFlags } from './suggestions.command.js';

const ID = '3-0f8fad5bd9cb469fa165708ae24a5b3c';

/** Adds the commands for suggestions. The list needs no verb, because people use it most. */
export function addSuggestions(suggestions: Command): void {
  withLedgerFlags(suggestions.command('list <name>', { isDefault: true }))
    .description('list what to change about a prompt, and the facts that say so')
    .option('--version <number>', 'for this version; by default the active one', toNumber)
    .option('--dismissed', 'those too that were dismissed')
    .addHelpText(
      'after',
      examples('prompt-ledger suggestions doc_summarizer', 'prompt-ledger suggestions doc_summarizer --json'),
    )
    .action(async (name: string, flags: ListSuggestionsFlags) => {
      const { listSuggestionsCommand } = await import('./suggestions.command.js');
      await listSuggestionsCommand(name, flags);
    });

  withLedgerFlags(suggestions.command('dismiss <name> <suggestion>'))
    .description('hide a suggestion, or with --undo list it again')
    .option('--reason <text>', 'why it does not apply here')
    .option('--undo', 'list it again')
    .addHelpText(
      'after',
      examples(`prompt-ledger suggestions dismiss doc_summarizer ${ID} --reason 'The customer is trusted'`),
    )
    .action(async (name: string, id: string, flags: DismissFlags) => {
      const { dismissSuggestionCommand } = await import('./suggestions.command.js');
      await dismissSuggestionCommand(name, id, flags);
    });

  withLedgerFlags(suggestions.command('apply <name> <suggestion>'))
    .description('make a draft with the patch of a suggestion; nothing runs it before it is activated')
    .option('--message <text>', 'what the draft says of itself')
    .option('--allow-older', 'although the prompt has a newer version, without the changes of that one')
    .addHelpText('after', examples(`prompt-ledger suggestions apply doc_summarizer ${ID}`))
    .action(async (name: string, id: string, flags: ApplySuggestionFlags & LedgerFlags) => {
      const { applySuggestionCommand } = await import('./suggestions.command.js');
      await applySuggestionCommand(name, id, flags);
    });
}
