import type { NewDatasetItem } from '../../../sdk/src/index.js';
import { readJsonText, ValidationError } from '../../kernel/index.js';
import { CliError } from '../terminal/cli-error.js';
import type { LocatedItem } from './checked-items.js';
import { decodeUtf8 } from './decode-utf8.js';

/** The limit of an item, with room for white space. */
const MAX_LINE_CHARS = 4 * 1024 * 1024;
/** The service's limit. The list and the item are two levels of the request. */
const MAX_DEPTH = 62;

/**
 * Reads a file with one item on each line, and skips empty lines. Holds only one line in memory.
 * @throws CliError with file and line, and with the column where JSON is invalid
 */
export async function* readJsonLines(
  chunks: AsyncIterable<Buffer | string>,
  file: string,
): AsyncGenerator<LocatedItem> {
  let line = 0;
  for await (const text of splitLines(decodeUtf8(chunks, file), () =>
    fail(file, line + 1, 1, 'the line is longer than an item may be'),
  )) {
    line += 1;
    if (text.trim() === '') continue;
    yield { item: parseItem(text, file, line), line };
  }
}

async function* splitLines(texts: AsyncIterable<string>, refuse: () => never): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.length > MAX_LINE_CHARS) refuse();
      yield line;
    }
    if (rest.length > MAX_LINE_CHARS) refuse();
  }
  yield rest;
}

function parseItem(text: string, file: string, line: number): NewDatasetItem {
  let value: unknown;
  try {
    value = readJsonText(text, { maxDepth: MAX_DEPTH }).value;
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const [fault] = error.errors ?? [];
    const column = /column (\d+)/.exec(fault?.message ?? '')?.[1] ?? '1';
    const message = (fault?.message ?? error.message).replace(/ at line \d+, column \d+$/, '');
    const where = fault === undefined || fault.pointer === '' ? '' : `${fault.pointer} `;
    fail(file, line, Number(column), `${where}${message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    fail(file, line, 1, 'an item must be a JSON object');
  return value as NewDatasetItem;
}

function fail(file: string, line: number, column: number, message: string): never {
  throw new CliError(`${file}:${line}:${column}: ${message}; nothing was changed.`);
}
