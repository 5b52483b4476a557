import { open } from 'node:fs/promises';
import type { LedgerClient, NewDatasetItem } from '../../../sdk/src/index.js';
import { CliError } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { formatCount } from '../terminal/format-count.js';
import { print, printJson, printTable } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { CsvColumns, csvLine, neutralised } from './csv-columns.js';
import { checkedItems, type LocatedItem } from './checked-items.js';
import { contentText } from './item-text.js';
import { readCsv } from './read-csv.js';
import { readJsonLines } from './read-json-lines.js';

export interface ImportDatasetFlags extends LedgerFlags {
  readonly replace?: boolean;
  readonly format?: 'csv' | 'jsonl';
  readonly jsonColumns?: string;
}

export interface ExportDatasetFlags extends LedgerFlags {
  readonly format: 'csv' | 'jsonl';
  readonly version?: string;
  readonly neutraliseFormulas?: boolean;
}

const PAGE = 200;

export async function listDatasetsCommand(flags: LedgerFlags): Promise<void> {
  const datasets = await (await connect(flags)).datasets.list({ limit: PAGE }).all();
  if (flags.json === true) return printJson(datasets);
  await printTable(
    ['dataset', 'items', 'version', 'description'],
    datasets.map(({ name, item_count: items, version, description }) => [name, items, version, description]),
  );
}

/** Streams the file as it is sent, so that its size does not matter. Faults in it are found before anything is changed. */
export async function importDatasetCommand(
  name: string,
  file: string,
  flags: ImportDatasetFlags,
): Promise<void> {
  const format = flags.format ?? detectFormat(file);
  if (format === 'jsonl' && flags.jsonColumns !== undefined) {
    throw new CliError('--json-columns is for CSV files: every value of JSON lines is JSON.');
  }
  const ledger = await connect(flags);
  const handle = await open(file).catch((error: unknown) => {
    throw new CliError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'no such file'}.`);
  });
  const progress = new Progress('items sent');
  let told = 0;
  try {
    const bytes = handle.createReadStream({ autoClose: false });
    const read =
      format === 'csv' ? readCsv(bytes, file, parseNames(flags.jsonColumns)) : readJsonLines(bytes, file);
    const added = await ledger.datasets.addItems(
      name,
      readItems(checkedItems(read, file), () => ledger.datasets.create(name)),
      {
        mode: flags.replace === true ? 'replace' : 'append',
        onProgress: (items) => {
          progress.add(items - told);
          told = items;
        },
      },
    );
    progress.done();
    if (flags.json === true) return await printJson(added);
    const { version, item_count: items, added: news, changed, removed } = added;
    await print(`${name}: ${news} added, ${changed} changed, ${removed} removed.`);
    await print(`${formatCount(items, 'item')} in version ${version}.`);
  } finally {
    progress.done();
    await handle.close();
  }
}

/** Importing the exported file of a version gives that version again. */
export async function exportDatasetCommand(name: string, flags: ExportDatasetFlags): Promise<void> {
  const ledger = await connect(flags);
  const version = flags.version ?? (await ledger.datasets.get(name)).version;
  if (version === null) throw new CliError(`${name} has no items yet.`);
  if (flags.format === 'jsonl') {
    for await (const text of contentTexts(ledger, name, version)) await print(text);
    return;
  }
  // Reads the version twice, for the columns and for the cells: it does not change, and may be larger than memory.
  const columns = new CsvColumns();
  for await (const text of contentTexts(ledger, name, version)) columns.look(text);
  const write = flags.neutraliseFormulas === true ? neutralised : (cell: string) => cell;
  await print(csvLine(columns.header.map(write)));
  for await (const text of contentTexts(ledger, name, version))
    await print(csvLine(columns.cells(text).map(write)));
}

async function* contentTexts(ledger: LedgerClient, name: string, version: string): AsyncGenerator<string> {
  for await (const item of ledger.datasets.listItems(name, { version, limit: PAGE })) yield contentText(item);
}

/** The dataset is only made when there is an item to put into it. */
async function* readItems(
  located: AsyncIterable<LocatedItem>,
  create: () => PromiseLike<unknown>,
): AsyncGenerator<NewDatasetItem> {
  let isThere = false;
  for await (const { item } of located) {
    if (!isThere) await create();
    isThere = true;
    yield item;
  }
  if (!isThere) await create();
}

function detectFormat(file: string): 'csv' | 'jsonl' {
  if (/\.csv$/i.test(file)) return 'csv';
  if (/\.(?:jsonl|ndjson)$/i.test(file)) return 'jsonl';
  throw new CliError(`Say with --format whether ${file} is csv or jsonl.`);
}

function parseNames(list: string | undefined): ReadonlySet<string> {
  return new Set(list === undefined ? [] : list.split(',').map((name) => name.trim()));
}
