import { writeJson } from '../../kernel/index.js';
import { CliError } from '../terminal/cli-error.js';
import { checkedItems } from './checked-items.js';
import { CsvColumns, csvLine, neutralised } from './csv-columns.js';
import { readCsv } from './read-csv.js';
import { readJsonLines } from './read-json-lines.js';

async function* chunksOf(text: string | Buffer, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function readAll(text: string | Buffer, format: 'csv' | 'jsonl', jsonColumns: readonly string[] = []) {
  const chunks = chunksOf(text, 4096);
  const located =
    format === 'csv' ? readCsv(chunks, 'f.csv', new Set(jsonColumns)) : readJsonLines(chunks, 'f.jsonl');
  const found: { json: string; line: number }[] = [];
  for await (const { item, line } of checkedItems(located, 'f')) found.push({ json: writeJson(item), line });
  return found;
}

const csv = async (text: string | Buffer, jsonColumns: readonly string[] = []) =>
  (await readAll(text, 'csv', jsonColumns)).map(({ json }) => json);

async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CliError) return error.message;
    throw error;
  }
  return 'none';
}

describe('a CSV file', () => {
  it('is read with a byte order mark, either line end, quotes and empty lines', async () => {
    const items = await csv('\uFEFFtext,external_id,expected\r\n"a ""b"", c\r\nd",1,yes\r\n\r\nü,,\r\n');
    expect(items).toEqual([
      '{"external_id":"1","expected":"yes","variables":{"text":"a \\"b\\", c\\r\\nd"}}',
      '{"variables":{"text":"ü"}}',
    ]);
  });

  it('knows the names that are no variables, and JSON cells', async () => {
    const header = 'metadata.language,variables.expected,n:json,m,expected:json';
    expect(await csv(`${header}\nen,7,1.10,"{""a"":1E2}",null\n`, ['m'])).toEqual([
      '{"expected":null,"metadata":{"language":"en"},"variables":{"expected":"7","n":1.10,"m":{"a":1E2}}}',
    ]);
  });

  it('is read with 200 columns', async () => {
    const names = Array.from({ length: 200 }, (_, nth) => `c${nth}`);
    const [item] = await csv(`${names.join(',')}\n${names.map((name) => `"${name}"`).join(',')}\n`);
    expect(Object.keys((JSON.parse(item ?? '') as { variables: object }).variables)).toEqual(names);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['a row with too few cells', 'a,b\n1,2\n3\n', /^f\.csv:3:\d+: the row has another number of cells/],
    ['a quote that is not closed', 'a,b\n1,"2\n3,4\n', /^f\.csv:\d+:\d+: a quote is not closed/],
    ['a quote inside of a cell', 'a,b\n1,2"3\n', /^f\.csv:2:2: a quote must be at the beginning/],
    ['text behind a quote', 'a,b\n"1"2,3\n', /^f\.csv:2:1: a closing quote must be followed/],
    ['a name that comes twice', 'a,b,a\n', /^f\.csv:1:3: column 1 has the same name/],
    ['a column without a name', 'a,,b\n', /^f\.csv:1:2: the column has no name/],
    ['a cell that is not JSON', 'a:json,b\n1,x\nno,x\n', /^f\.csv:3:1: the cell is not JSON/],
    ['a row that never ends', `a\n"${'x'.repeat(9_000_000)}`, /^f\.csv:\d+:\d+: the row is longer/],
    ['other bytes', Buffer.concat([Buffer.from('a\nb\n'), Buffer.from([0xff, 0xfe])]), /is not UTF-8/],
    ['nothing', '', /^f\.csv:1:1: there is no row/],
    [
      'an id that comes twice',
      'external_id,a\nx,1\ny,2\nx,3\n',
      /^f:4: the external_id "x" is on line 2 too/,
    ],
  ])('with %s is refused, with the place', async (_, text, message) => {
    expect(await faultOf(csv(text))).toMatch(message);
  });

  it('is refused without a column that is named', async () => {
    expect(await faultOf(csv('a\n1\n', ['b']))).toContain('there is no column "b"');
  });
});

describe('a file of JSON lines', () => {
  it('is read line by line, with numbers as they are', async () => {
    const found = await readAll(
      '\uFEFF{"variables":{"x":1.10}}\r\n\n{"variables":{},"expected":1E5}',
      'jsonl',
    );
    expect(found).toEqual([
      { json: '{"variables":{"x":1.10}}', line: 1 },
      { json: '{"variables":{},"expected":1E5}', line: 3 },
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['a line that is not JSON', '{"variables":{}}\n{"variables":}\n', /^f\.jsonl:2:14: /],
    ['a list', '[1]\n', /^f\.jsonl:1:1: an item must be a JSON object/],
    ['another member', '{"variables":{},"more":1}\n', /^f:1: "more" is not a member/],
    ['no variables', '\n{}\n', /^f:2: an item needs "variables"/],
    ['an endless line', 'x'.repeat(5_000_000), /^f\.jsonl:1:1: the line is longer/],
  ])('with %s is refused, with the place', async (_, text, message) => {
    expect(await faultOf(readAll(text, 'jsonl'))).toMatch(message);
  });
});

describe('items in a CSV file', () => {
  it.each<[string, string[]]>([
    ['texts', ['{"variables":{"a":"1","b":"x, \\"y\\"\\r\\nz"}}', '{"variables":{"a":"","b":" "}}']],
    [
      'texts and numbers',
      ['{"variables":{"a":"1"}}', '{"variables":{"a":1.10}}', '{"variables":{}}', '{"variables":{"a":null}}'],
    ],
    [
      'expectations',
      ['{"expected":"","variables":{}}', '{"expected":null,"variables":{}}', '{"variables":{}}'],
    ],
    [
      'ids and metadata',
      [
        '{"external_id":"=1","variables":{"a":"b"},"metadata":{"x":[1.0]}}',
        '{"external_id":null,"variables":{"a":"c"},"metadata":null}',
      ],
    ],
    ['nothing', ['{"variables":{}}', '{"variables":{}}']],
    [
      'odd names',
      ['{"variables":{"expected":"1","a:json":"2","variables.x":"3","metadata.y":"4","":"5","=6":"7"}}'],
    ],
  ])('come back as they are: %s', async (_, texts) => {
    const columns = new CsvColumns();
    for (const text of texts) columns.look(text);
    const lines = [csvLine(columns.header), ...texts.map((text) => csvLine(columns.cells(text)))];
    const sorted = (json: string) =>
      Object.entries(JSON.parse(json) as object).sort(([a], [b]) => (a < b ? -1 : 1));
    const read = await csv(lines.join('\n'));
    expect(read.map(sorted)).toEqual(texts.map(sorted));
  });

  it('are kept from being computed when that is asked for', () => {
    expect(['=1', '+1', '-1', '@a', 'a=1', ''].map(neutralised)).toEqual([
      "'=1",
      "'+1",
      "'-1",
      "'@a",
      'a=1',
      '',
    ]);
  });
});
