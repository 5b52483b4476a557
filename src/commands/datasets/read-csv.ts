import { Readable } from 'node:stream';
import { CsvError, type Info, parse } from 'csv-parse';
import type { NewDatasetItem } from '../../../sdk/src/index.js';
import { parseJson, readJsonText, ValidationError } from '../../kernel/index.js';
import { CliError } from '../terminal/cli-error.js';
import type { LocatedItem } from './checked-items.js';
import { type CsvColumn, readHeader } from './csv-header.js';
import { decodeUtf8 } from './decode-utf8.js';

/** A quote that is never closed would otherwise swallow the rest of the file. */
const MAX_RECORD_CHARS = 8 * 1024 * 1024;
const MAX_DEPTH = 60;

interface Row {
  readonly record: string[];
  readonly info: Info;
}

/**
 * Reads the items of a CSV file (RFC 4180), including byte order marks, both kinds of line ends, and line ends in quoted cells. Holds only
 * one row in memory.
 * @param jsonColumns columns whose cells are JSON, besides those whose names say so.
 * @throws CliError with file, line and column for invalid CSV or an invalid item
 */
export async function* readCsv(
  chunks: AsyncIterable<Buffer | string>,
  file: string,
  jsonColumns: ReadonlySet<string>,
): AsyncGenerator<LocatedItem> {
  const parser = parse({ bom: true, info: true, skip_empty_lines: true, max_record_size: MAX_RECORD_CHARS });
  const texts = Readable.from(decodeUtf8(chunks, file), { objectMode: true });
  texts.on('error', (error) => parser.destroy(error));
  texts.pipe(parser);
  let columns: readonly CsvColumn[] | null = null;
  /** The line on which the next row begins. */
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<Row>) {
      if (columns === null)
        columns = readHeader(record, jsonColumns, (column, message) => fail(file, line, column, message));
      else
        yield { item: toItem(record, columns, (column, message) => fail(file, line, column, message)), line };
      line = info.lines + 1;
    }
  } catch (error) {
    if (error instanceof CsvError) fail(file, readLine(error) ?? line, readColumn(error), describe(error));
    throw error;
  } finally {
    texts.destroy();
  }
  if (columns === null) fail(file, 1, 1, 'there is no row with the names of the columns');
}

type Refuse = (column: number, message: string) => never;

/** The item is assembled as JSON text and then read, so that numbers keep their spelling. */
function toItem(record: readonly string[], columns: readonly CsvColumn[], refuse: Refuse): NewDatasetItem {
  const members: string[] = [];
  const variables: string[] = [];
  const metadata: string[] = [];
  let wholeVariables: string | null = null;
  for (const [index, { place, name, isJson }] of columns.entries()) {
    const cell = record[index] ?? '';
    if (cell === '' && (isJson || place !== 'variable')) continue;
    const json = isJson ? readCell(cell, index + 1, refuse) : writeCell(cell, index + 1, refuse);
    if (place === 'variable') variables.push(`${JSON.stringify(name)}:${json}`);
    else if (place === 'variables') wholeVariables = json;
    else if (place === 'metadata member') metadata.push(`${JSON.stringify(name)}:${json}`);
    else members.push(`"${place}":${json}`);
  }
  if (metadata.length > 0) members.push(`"metadata":{${metadata.join(',')}}`);
  const text = `{${[...members, `"variables":${wholeVariables ?? `{${variables.join(',')}}`}`].join(',')}}`;
  return parseJson(text) as NewDatasetItem;
}

function readCell(cell: string, column: number, refuse: Refuse): string {
  try {
    readJsonText(cell, { maxDepth: MAX_DEPTH });
    return cell;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return refuse(column, `the cell ${error.errors?.[0]?.message ?? 'is not JSON'}`);
  }
}

function writeCell(cell: string, column: number, refuse: Refuse): string {
  if (cell.includes('\0')) refuse(column, 'the cell holds a NUL character');
  return JSON.stringify(cell);
}

function readLine(error: CsvError): number | null {
  const { lines } = error as unknown as { lines?: unknown };
  return typeof lines === 'number' ? lines : null;
}

/** Returns the column of the row, counted from 1. */
function readColumn(error: CsvError): number {
  const { index, column } = error as unknown as { index?: unknown; column?: unknown };
  const nth = typeof index === 'number' ? index : column;
  return typeof nth === 'number' ? nth + 1 : 1;
}

function describe({ code }: CsvError): string {
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is not closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a closing quote must be followed by a comma or the end of the line';
    case 'INVALID_OPENING_QUOTE':
      return 'a quote must be at the beginning of its cell, and be doubled inside of one';
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
      return 'the row has another number of cells than the first one';
    case 'CSV_MAX_RECORD_SIZE':
      return 'the row is longer than an item may be; maybe a quote is not closed';
    default:
      return `this is not CSV (${code})`;
  }
}

function fail(file: string, line: number, column: number, message: string): never {
  throw new CliError(`${file}:${line}:${column}: ${message}; nothing was changed.`);
}
