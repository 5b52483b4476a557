import fc from 'fast-check';
import { finish, readJsonText, ValidationError, writeJson } from '../../index.js';
import { readJsonInSteps } from './json-step-reader.js';

const LIMITS = { maxDepth: 8, maxValues: 100_000, maxMembers: 1_000 };
/** Steps so small that they cut every text in every place. */
const TINY = [
  { step: 1, group: 1, long: 20, gap: 1 },
  { step: 3, group: 7, long: 20, gap: 2 },
  { step: 1000, group: 4, long: 20, gap: 3 },
  { step: 5, group: 64, long: 64, gap: 64 },
];

const read = (text: string, limits = LIMITS, sizes?: (typeof TINY)[number]) =>
  finish(readJsonInSteps(Buffer.from(text, 'utf8'), limits, sizes));

const fails = (work: () => unknown): ValidationError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
  throw new Error('was not refused');
};

const space = fc.constantFrom('', '', ' ', '\n', ' \r\n\t ');
const key = fc.constantFrom(
  'a',
  'b',
  'é',
  '\\u0061',
  'a\\n',
  '',
  '7',
  '__proto__',
  'constructor',
  'long key',
);
const scalar = fc.constantFrom(
  ...[
    '1',
    '1.10',
    '-1.5e3',
    'null',
    'true',
    'false',
    '""',
    '"a:,}]{["',
    '"\\\\"',
    '"\\""',
    '"ü😀"',
    '"\\ud83d\\ude00"',
  ],
  ...[
    '"\\ud83d"',
    '"\\u0000"',
    '"xx\\ude00\\ud83d"',
    '"\\u0041\\u0042\\u0043\\u0044"',
    '"ééééééééééééééé"',
    '01',
    'nul',
  ],
  ...[
    '"a long text of more than twelve bytes"',
    '"😀😀😀😀😀😀😀😀"',
    '"\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00"',
  ],
);
const { value: source } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc
      .array(fc.tuple(space, tie('value'), space), { maxLength: 5 })
      .map((items) => `[${items.map((item) => item.join('')).join()}]`),
    fc
      .array(fc.tuple(space, key, space, tie('value'), space), { maxLength: 4 })
      .map((members) => `{${members.map(([b, k, at, v, a]) => `${b}"${k}"${at}:${at}${v}${a}`).join()}}`),
  ),
}));
const damaged = fc
  .tuple(
    source,
    fc.nat(),
    fc.nat({ max: 2 }),
    fc.string({ unit: fc.constantFrom(...'{}[]",:\\u01e -tn\n'), maxLength: 3 }),
  )
  .map(([text, position, removed, added]) => {
    const at = position % (text.length + 1);
    return text.slice(0, at) + added + text.slice(at + removed);
  })
  // Half of a surrogate pair cannot be sent as UTF-8.
  .map((text) => Buffer.from(text, 'utf8').toString('utf8'));

function pathsIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([name, member]) =>
    pathsIn(member, [...path, Array.isArray(value) ? Number(name) : name]),
  );
  return [path, ...below];
}

describe('readJsonInSteps', () => {
  it('takes what readJsonText takes, with the same value and the same sources, wherever it cuts', () => {
    let taken = 0;
    let refused = 0;
    const check = (text: string, sizes: (typeof TINY)[number]) => {
      let known: ReturnType<typeof readJsonText> | null = null;
      try {
        known = readJsonText(text, LIMITS);
      } catch {
        refused += 1;
      }
      if (known === null) {
        expect(fails(() => read(text, LIMITS, sizes)).errors).not.toHaveLength(0);
        return;
      }
      taken += 1;
      const json = read(text, LIMITS, sizes);
      expect(json.value).toEqual(known.value);
      expect(writeJson(json.value)).toBe(writeJson(known.value));
      for (const path of pathsIn(known.value))
        expect(json.findSource(...path)).toBe(known.findSource(...path));
      expect(json.findSource('nowhere', 3)).toBeNull();
      expect(json.measureSize('a')).toBe(known.measureSize('a'));
    };
    fc.assert(fc.property(fc.oneof(source, damaged), fc.constantFrom(...TINY), check), { numRuns: 5_000 });
    expect(Math.min(taken, refused)).toBeGreaterThan(500);
  });

  it.each([
    ['{"a":[1,{"b":"\\u0000"}]}', '/a/1/b', 'holds a NUL character'],
    ['{"a":[1,"0123456789abcdefghij\\ud800"]}', '/a/1', 'holds a lone surrogate'],
    ['{"a":{"b":1,"c":{"d":[]},"b":2}}', '/a/b', 'appears more than once'],
    ['{"a":{"b":{"x":[1,2]},"c":3,"b":{"y":[4,5]}}}', '/a/b', 'appears more than once'],
    ['{"x":[0,{"__proto__":{"a":1}}]}', '/x/1/__proto__', 'is a key that is not allowed'],
    ['{"x":[0,[[[[[[[[]]]]]]]]]}', '/x/1/0/0/0/0/0/0', 'is nested deeper than 8 levels'],
    [`{"x":{"${'k'.repeat(80)}":1}}`, '/x', 'has a key that is longer than 20 bytes'],
    [`{"x":[7,${'1'.repeat(80)}]}`, '/x/1', 'is longer than 20 bytes'],
  ])('says what is wrong with %s and where', (text, pointer, message) => {
    const [sizes] = TINY;
    expect(fails(() => read(text, LIMITS, sizes)).errors).toEqual([{ pointer, message }]);
  });

  it.each([
    ['[1,2\n,3 4]', 'line 2, column 4'],
    ['[1,,2]', 'line 1, column 4'],
    ['[1   2]', 'line 1, column'],
    ['[f  alse]', 'line 1, column'],
    ['[{"a":[1,2]} {"a":1}]', 'line 1, column 1'],
    ['[1,2', 'line 1, column'],
    ['{"a":"0123456789\\x"}', 'line 1, column 17'],
    ['[[1,2],[3,4]}', 'line 1, column 13'],
    ['[1,2],', 'line 1, column 6'],
  ])('says where %j stops being JSON', (text, where) => {
    const [sizes] = TINY;
    expect(fails(() => read(text, LIMITS, sizes)).message).toContain(where);
  });

  it('ends at too many values before it has built them, and at too many members of an object', () => {
    const message = fails(() => read(`{"entries":[${'{},'.repeat(5_000_000)}{}]}`)).errors?.[0]?.message;
    expect(message).toBe('holds more than 100000 values and keys');
    const members = Array.from({ length: 1_001 }, (_, nth) => `"k${nth}":[]`).join();
    expect(fails(() => read(`{"a":[0,{${members}}]}`)).errors).toEqual([
      { pointer: '/a/1', message: 'has more than 1000 members' },
    ]);
  });

  it('does a little at a time, whatever the text is made of', () => {
    const limits = { maxDepth: 64, maxValues: 10_000_000, maxMembers: 10_000_000 };
    const many = 100_000;
    const texts = [
      `[${'[],'.repeat(many)}0]`,
      `{"a":"${'x'.repeat(many)}"}`,
      `{"a":"${'\\u0041'.repeat(many)}"}`,
      `{"a":"${'\\\\'.repeat(many)}"}`,
      `{"a":"${'😀'.repeat(many)}"}`,
      `[1${' '.repeat(many)}]`,
      `{${Array.from({ length: 20_000 }, (_, nth) => `"k${nth}":0`).join()}}`,
    ];
    for (const text of texts) {
      const bytes = Buffer.from(text, 'utf8');
      const steps = readJsonInSteps(bytes, limits);
      let count = 0;
      let result = steps.next();
      for (; result.done !== true; result = steps.next()) count += 1;
      expect(JSON.stringify(result.value.value)).toBe(JSON.stringify(JSON.parse(text)));
      expect(count).toBeGreaterThan(bytes.length / 20_000);
    }
  });
});
