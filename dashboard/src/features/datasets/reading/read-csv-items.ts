import type { NewDatasetItem } from '@prompt-ledger/client';
import { parseJson } from '../../../api/parse-json';
import { ServiceProblem } from '../../../api/service-problem';
import { parseCsv } from './parse-csv';

/** The part of an item that a column fills. The command line reads files by the same rules. */
interface Column {
  readonly place: 'external_id' | 'expected' | 'metadata' | 'variables' | 'metadata member' | 'variable';
  readonly name: string;
  readonly isJson: boolean;
}

type Fail = (line: number, message: string) => never;

const JSON_MARK = ':json';

/** @param fail takes the line, counted from 1. */
export function readCsvItems(text: string, fail: Fail): readonly NewDatasetItem[] {
  const [head, ...rows] = parseCsv(text, fail);
  if (head === undefined) return fail(1, 'there is no row with the names of the columns');
  const columns = head.cells.map((name, at) => toColumn(name, at, head.line, fail));
  const names = columns.map(({ place, name }) => `${place} ${name}`);
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at);
  if (twice !== -1) fail(head.line, `two columns are called ${JSON.stringify(head.cells[twice])}`);
  for (const whole of ['variables', 'metadata'] as const) {
    const part = whole === 'variables' ? 'variable' : 'metadata member';
    const has = (wanted: string) => columns.some(({ place }) => place === wanted);
    if (has(whole) && has(part))
      fail(head.line, `"${whole}" cannot be combined with columns of single members`);
  }
  return rows.map(({ line, cells }) => {
    if (cells.length !== columns.length) {
      return fail(line, 'the row has another number of cells than the first one');
    }
    return toItem(cells, columns, line, fail);
  });
}

function toColumn(header: string, at: number, line: number, fail: Fail): Column {
  const isMarked = header.endsWith(JSON_MARK);
  const bare = isMarked ? header.slice(0, -JSON_MARK.length) : header;
  if (bare === '' || bare === 'metadata.' || bare === 'variables.')
    fail(line, `column ${at + 1} has no name`);
  if (bare === 'metadata' || bare === 'variables') return { place: bare, name: '', isJson: true };
  if (bare === 'external_id' || bare === 'expected') return { place: bare, name: '', isJson: isMarked };
  if (bare.startsWith('metadata.')) {
    return { place: 'metadata member', name: bare.slice('metadata.'.length), isJson: isMarked };
  }
  const name = bare.startsWith('variables.') ? bare.slice('variables.'.length) : bare;
  return { place: 'variable', name, isJson: isMarked };
}

/** The item is assembled as JSON text and then read, so that numbers keep their spelling. */
function toItem(
  cells: readonly string[],
  columns: readonly Column[],
  line: number,
  fail: Fail,
): NewDatasetItem {
  const members: string[] = [];
  const variables: string[] = [];
  const metadata: string[] = [];
  let whole: string | null = null;
  for (const [at, { place, name, isJson }] of columns.entries()) {
    const cell = cells[at] ?? '';
    // An empty cell means no value, except for a variable that is a text.
    if (cell === '' && (isJson || place !== 'variable')) continue;
    const json = isJson ? checkJson(cell, at, line, fail) : JSON.stringify(cell);
    if (place === 'variable') variables.push(`${JSON.stringify(name)}:${json}`);
    else if (place === 'variables') whole = json;
    else if (place === 'metadata member') metadata.push(`${JSON.stringify(name)}:${json}`);
    else members.push(`"${place}":${json}`);
  }
  if (metadata.length > 0) members.push(`"metadata":{${metadata.join(',')}}`);
  members.push(`"variables":${whole ?? `{${variables.join(',')}}`}`);
  return read(`{${members.join(',')}}`, (message) => fail(line, message)) as NewDatasetItem;
}

function checkJson(cell: string, at: number, line: number, fail: Fail): string {
  read(cell, (message) => fail(line, `column ${at + 1}: ${message}`));
  return cell;
}

function read(text: string, fail: (message: string) => never): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof ServiceProblem) return fail(error.message);
    throw error;
  }
}
