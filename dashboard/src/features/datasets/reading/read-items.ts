import type { NewDatasetItem } from '@prompt-ledger/client';
import { parseJson } from '../../../api/parse-json';
import { ServiceProblem } from '../../../api/service-problem';
import { readCsvItems } from './read-csv-items';

/**
 * Reads the items of a file: CSV, JSON lines, or JSON with a list of them.
 * @param name the name of the file, whose extension selects the format.
 * @throws ServiceProblem `FILE_UNREADABLE`, with the line
 */
export function readItems(name: string, text: string): readonly NewDatasetItem[] {
  const content = text.replace(/^\ufeff/, '');
  const fail = (where: string, message: string): never => {
    throw new ServiceProblem('FILE_UNREADABLE', `${name}${where}: ${message}; nothing was changed.`);
  };
  if (/\.csv$/i.test(name)) return readCsvItems(content, (line, message) => fail(`:${line}`, message));
  if (/\.(jsonl|ndjson)$/i.test(name)) {
    return readLines(content, (line, message) => fail(`:${line}`, message));
  }
  if (/\.json$/i.test(name)) return readList(content, (message) => fail('', message));
  return fail('', 'the name must end in .csv, .json, .jsonl or .ndjson');
}

function readLines(text: string, fail: (line: number, message: string) => never): readonly NewDatasetItem[] {
  const items: NewDatasetItem[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    items.push(
      toItem(
        parseOr(line, (message) => fail(at + 1, message)),
        (message) => fail(at + 1, message),
      ),
    );
  }
  return items;
}

/** Reads a list of items, or an object with such a list as `items`, as in requests. */
function readList(text: string, fail: (message: string) => never): readonly NewDatasetItem[] {
  const value = parseOr(text, fail);
  const list = Array.isArray(value) ? value : (value as { items?: unknown } | null)?.items;
  if (!Array.isArray(list)) return fail('it must hold a list of items, or an object with "items"');
  return list.map((item: unknown, at) => toItem(item, (message) => fail(`item ${at + 1}: ${message}`)));
}

function parseOr(text: string, fail: (message: string) => never): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof ServiceProblem) return fail(error.message);
    throw error;
  }
}

function toItem(value: unknown, fail: (message: string) => never): NewDatasetItem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail('an item must be a JSON object');
  }
  const { variables } = value as Partial<NewDatasetItem>;
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) {
    return fail('an item needs "variables", a JSON object');
  }
  return value as NewDatasetItem;
}
