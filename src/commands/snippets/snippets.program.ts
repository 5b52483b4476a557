import type { Command } from 'commander';
import type { LedgerFlags } from '../terminal/connection.js';
import { examples } from '../terminal/examples.js';
import { toNumber, withLedgerFlags } from '../terminal/flags.js';
import type { ListSnippetsFlags, PutSnippetFlags, ShowSnippetFlags } from './snippets.command.js';

/** Commands for texts that prompts share. */
export function addSnippets(snippets: Command): void {
  withLedgerFlags(snippets.command('list'))
    .description('list snippets by name')
    .option('--prefix <text>', 'only snippets whose names begin so')
    .addHelpText('after', examples('prompt-ledger snippets list --prefix team/'))
    .action(async (flags: ListSnippetsFlags) => {
      const { listSnippetsCommand } = await import('./snippets.command.js');
      await listSnippetsCommand(flags);
    });

  withLedgerFlags(snippets.command('show <name>'))
    .description('print the text of a snippet')
    .option('--version <number>', 'one version of it, instead of the newest', toNumber)
    .addHelpText('after', examples('prompt-ledger snippets show tone --version 2'))
    .action(async (name: string, flags: ShowSnippetFlags) => {
      const { showSnippetCommand } = await import('./snippets.command.js');
      await showSnippetCommand(name, flags);
    });

  withLedgerFlags(snippets.command('put <name>'))
    .description('create a snippet or its next version')
    .option('--text <text>', 'the text')
    .option('--file <file>', 'a file with the text; - is standard input')
    .option('--description <text>', 'what it is for')
    .option('--by <name>', 'who made this text')
    .option('--message <text>', 'why it changed')
    .addHelpText(
      'after',
      examples('prompt-ledger snippets put tone --text "Write for {{audience}} in a friendly tone."'),
    )
    .action(async (name: string, flags: PutSnippetFlags) => {
      const { putSnippetCommand } = await import('./snippets.command.js');
      await putSnippetCommand(name, flags);
    });

  withLedgerFlags(snippets.command('usage <name>'))
    .description('list the versions of prompts and snippets that use a snippet')
    .addHelpText('after', examples('prompt-ledger snippets usage tone'))
    .action(async (name: string, flags: LedgerFlags) => {
      const { snippetUsageCommand } = await import('./snippets.command.js');
      await snippetUsageCommand(name, flags);
    });

  withLedgerFlags(snippets.command('delete <name>'))
    .description('delete a snippet that nothing uses')
    .addHelpText('after', examples('prompt-ledger snippets delete tone'))
    .action(async (name: string, flags: LedgerFlags) => {
      const { deleteSnippetCommand } = await import('./snippets.command.js');
      await deleteSnippetCommand(name, flags);
    });
}
