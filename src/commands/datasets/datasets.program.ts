import { type Command, Option } from 'commander';
import { examples } from '../terminal/examples.js';
import { withLedgerFlags } from '../terminal/flags.js';
import type { LedgerFlags } from '../terminal/connection.js';
import type { ExportDatasetFlags, ImportDatasetFlags } from './datasets.command.js';

/** Commands for lists of items to try prompts on, read from files and written to files. */
export function addDatasets(dataset: Command): void {
  withLedgerFlags(dataset.command('list'))
    .description('list datasets, by name')
    .addHelpText('after', examples('prompt-ledger dataset list'))
    .action(async (flags: LedgerFlags) => {
      const { listDatasetsCommand } = await import('./datasets.command.js');
      await listDatasetsCommand(flags);
    });

  withLedgerFlags(dataset.command('import <name> <file>'))
    .description(
      'add the items of a CSV or JSON lines file to a dataset, in one version; create the dataset if it does not exist',
    )
    .option('--replace', 'make them all that the dataset has')
    .addOption(
      new Option('--format <format>', 'of the file; by default taken from its name').choices([
        'csv',
        'jsonl',
      ]),
    )
    .option('--json-columns <names>', 'columns of the CSV whose cells are JSON, with commas between')
    .addHelpText(
      'after',
      examples(
        'prompt-ledger dataset import tickets tickets.csv',
        'prompt-ledger dataset import tickets tickets.jsonl --replace',
      ),
    )
    .action(async (name: string, file: string, flags: ImportDatasetFlags) => {
      const { importDatasetCommand } = await import('./datasets.command.js');
      await importDatasetCommand(name, file, flags);
    });

  withLedgerFlags(dataset.command('export <name>'))
    .description('write the items of a dataset to standard output')
    .addOption(
      new Option('--format <format>', 'of what is written').choices(['csv', 'jsonl']).default('jsonl'),
    )
    .option('--version <hash>', 'the version; by default the latest one')
    .option(
      '--neutralise-formulas',
      "put a ' before CSV cells that a spreadsheet would compute; such a file does not come back as it was",
    )
    .addHelpText('after', examples('prompt-ledger dataset export tickets --format csv'))
    .action(async (name: string, flags: ExportDatasetFlags) => {
      const { exportDatasetCommand } = await import('./datasets.command.js');
      await exportDatasetCommand(name, flags);
    });
}
