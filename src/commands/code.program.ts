import { type Command, Option } from 'commander';
import type { CheckFlags } from './check/check.command.js';
import type { ExportFlags } from './transfer/export.command.js';
import type { ImportFlags } from './transfer/import.command.js';
import { withPromptFilters } from './ledger.program.js';
import type { RegisterFlags } from './code/register.command.js';
import { examples } from './terminal/examples.js';
import { withLedgerFlags } from './terminal/flags.js';

/** Commands for prompts in files: folders of Markdown, and code that the ledger follows. */
export function addCodeCommands(program: Command): void {
  withLedgerFlags(program.command('import <folder>'))
    .description('make the ledger have what the *.prompt.md files of a folder say')
    .option('--dry-run', 'say what would happen, and write nothing')
    .option('--by <name>', 'who made these texts')
    .option('--message <text>', 'why they changed')
    .addHelpText(
      'after',
      examples('prompt-ledger import prompts --dry-run', 'prompt-ledger import prompts --by martin'),
    )
    .action(async (folder: string, flags: ImportFlags) => {
      const { importCommand } = await import('./transfer/import.command.js');
      await importCommand(folder, flags);
    });

  withPromptFilters(withLedgerFlags(program.command('export <folder>')))
    .description('write the active version of every prompt to a *.prompt.md file')
    .option('--dry-run', 'say what would happen, and write nothing')
    .addHelpText(
      'after',
      examples('prompt-ledger export prompts', 'prompt-ledger export prompts --mode full --tag docs'),
    )
    .action(async (folder: string, flags: ExportFlags) => {
      const { exportCommand } = await import('./transfer/export.command.js');
      await exportCommand(folder, flags);
    });

  withConfig(withLedgerFlags(program.command('register')))
    .description('tell the ledger which prompts the code has, with commit, file and line')
    .option('--dry-run', 'say what would happen, and write nothing')
    .option('--prune', 'retire the prompts that the code has no more')
    .option(
      '--environment <label>',
      'let the pointers of this environment follow the code, instead of the active versions',
    )
    .addHelpText('after', examples('prompt-ledger register --dry-run', 'prompt-ledger register --prune'))
    .action(async (flags: RegisterFlags) => {
      const { registerCommand } = await import('./code/register.command.js');
      await registerCommand(flags);
    });

  withConfig(withLedgerFlags(program.command('check')))
    .description(
      'exit with 0 when what is in the code is what is active, 1 when not, 2 when it cannot be told',
    )
    .addOption(
      new Option('--format <format>', 'how to say it').choices(['text', 'github', 'json']).default('text'),
    )
    .option('--allow-drift', 'tell differences and exit with 0, such as for a pull request that makes them')
    .addHelpText(
      'after',
      examples('prompt-ledger check', 'prompt-ledger check --format github --allow-drift'),
    )
    .action(async (flags: CheckFlags) => {
      const { checkCommand } = await import('./check/check.command.js');
      process.exitCode = await checkCommand(flags);
    });
}

function withConfig(command: Command): Command {
  return command
    .option('--config <file>', 'instead of the nearest prompt-ledger.config.(ts|js|json)')
    .option(
      '--repository <name>',
      'what this repository is called, where git or the configuration say otherwise',
    );
}
