import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { withLedgerFlags } from '../terminal/flags.js';
import type { TypesFlags } from './types.command.js';

export function addTypes(program: Command): void {
  withLedgerFlags(program.command('types'))
    .description('write the types of the variables of all prompts that have a schema, for TypeScript')
    .option('--prefix <text>', 'only prompts whose names begin so')
    .option('--out <file>', 'where to write them; without it they are printed')
    .option('--check', 'write nothing, and end with 1 when the file is not up to date')
    .addHelpText(
      'after',
      examples(
        'prompt-ledger types --out src/prompt-variables.d.ts',
        'prompt-ledger types --out src/prompt-variables.d.ts --check',
      ),
    )
    .action(async (flags: TypesFlags) => {
      const { typesCommand } = await import('./types.command.js');
      process.exitCode = await typesCommand(flags);
    });
}
