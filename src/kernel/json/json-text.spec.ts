import fc from 'fast-check';
import { readJsonText } from './json-text.js';
import { ValidationError } from '../ledger-error.js';
import type { ErrorEntry } from '../ledger-error.js';

const limits = { maxDepth: 64 };
const read = (text: string) => readJsonText(text, limits);

function refusalOf(text: string, maxDepth = limits.maxDepth): ValidationError {
  try {
    readJsonText(text, { maxDepth });
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
  throw new Error(`was not refused: ${text.slice(0, 100)}`);
}

const entriesOf = (text: string): readonly ErrorEntry[] => refusalOf(text).errors ?? [];

/** JSON values that the reader accepts: well-formed strings without NUL, no `__proto__`. */
const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'));
const key = text.filter((value) => value !== '__proto__');
const { value: jsonValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));
const jsonText = fc
  .tuple(jsonValue, fc.constantFrom(undefined, 2, '\t', '\r\n '))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

describe('readJsonText', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(jsonText, (source) => {
        expect(read(source).value).toEqual(JSON.parse(source));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back the source of each part, which parses to that part', () => {
    fc.assert(
      fc.property(jsonText, (source) => {
        const json = read(source);
        const check = (value: unknown, path: (string | number)[]): void => {
          const part = json.findSource(...path);
          expect(part).not.toBeNull();
          expect(part).toBe(part?.trim());
          expect(JSON.parse(part ?? '')).toEqual(value);
          if (Array.isArray(value)) value.forEach((item, index) => check(item, [...path, index]));
          else if (value !== null && typeof value === 'object') {
            for (const [name, member] of Object.entries(value)) check(member, [...path, name]);
          }
        };
        check(json.value, []);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a damaged text exactly when JSON.parse does, and raises nothing but ValidationError', () => {
    const damaged = fc
      .tuple(
        jsonText,
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0eE+-.1tn \n') }),
      )
      .map(([source, position, removed, added]) => {
        const at = position % (source.length + 1);
        return source.slice(0, at) + added + source.slice(at + removed);
      });
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(damaged, (source) => {
        let expected: { value: unknown } | null = null;
        try {
          expected = { value: JSON.parse(source) as unknown };
        } catch {
          refused += 1;
          expect(refusalOf(source)).toBeInstanceOf(ValidationError);
        }
        if (expected === null) return;
        taken += 1;
        try {
          expect(read(source).value).toEqual(expected.value);
        } catch (error) {
          // Damaged text may still be valid JSON that is refused for its content; then an entry names the place.
          if (!(error instanceof ValidationError)) throw error;
          expect(error.errors?.[0]?.message).toMatch(/NUL|surrogate|more than once|not allowed/);
        }
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(taken, refused)).toBeGreaterThan(100);
  });

  it('takes and refuses the same with and without a character that leaves everything to the scan', () => {
    const space = fc.constantFrom('', ' ', '\n');
    const name = fc.constantFrom(
      'a',
      'b',
      '\\u0061',
      'a\\n',
      '__proto__',
      '\\u005f_proto__',
      'constructor',
      '',
    );
    const scalar = fc.constantFrom(
      '1',
      '-1.5e3',
      'null',
      'true',
      '""',
      '"a:,}]"',
      '"\\\\"',
      '"\\""',
      '"ü😀"',
    );
    const { value: source } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        scalar,
        fc
          .array(fc.tuple(space, tie('value'), space), { maxLength: 3 })
          .map((items) => `[${items.map((item) => item.join('')).join()}]`),
        fc.array(fc.tuple(space, name, space, tie('value'), space), { maxLength: 3 }).map((members) => {
          const texts = members.map(
            ([before, key, at, value, after]) => `${before}"${key}"${at}:${at}${value}${after}`,
          );
          return `{${texts.join()}}`;
        }),
      ),
    }));
    const outcomeOf = (text: string, maxDepth: number, path: number[]) => {
      try {
        const json = readJsonText(text, { maxDepth });
        const sources = ['a', 'b', 'constructor'].map((key) => json.findSource(...path, key));
        return { value: json.value, sources, errors: undefined };
      } catch (error) {
        return { value: undefined, sources: [], errors: (error as ValidationError).errors };
      }
    };
    let refused = 0;
    fc.assert(
      fc.property(source, (text) => {
        const fast = outcomeOf(text, 3, []);
        const scanned = outcomeOf(`[${text},"\\ud83d\\ude00"]`, 4, [0]);
        if (fast.errors !== undefined) refused += 1;
        const errors = scanned.errors?.map(({ pointer, message }) => ({
          pointer: pointer.replace('/0', ''),
          message: message.replace('deeper than 4', 'deeper than 3'),
        }));
        const value = scanned.errors === undefined ? (scanned.value as unknown[])[0] : undefined;
        expect(fast).toEqual({ value, sources: scanned.sources, errors });
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it.each([
    '',
    ' ',
    '{',
    '[',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '[1,]',
    '[,1]',
    '{,}',
    '01',
    '1.',
    '.5',
    '+1',
  ])('refuses %j, which is not JSON', (source) => {
    expect(refusalOf(source).message).toMatch(/^Send JSON: .+ at line 1, column \d+\.$/);
  });

  it.each([
    '-',
    '1e',
    'tru',
    'nul',
    'NaN',
    "'a'",
    '"a',
    '"\\x"',
    '"\\u12g4"',
    '"\t"',
    '[1 2]',
    '{"a" 1}',
    '{} {}',
    '\u00a01',
  ])('refuses %j, which is not JSON either', (source) => {
    expect(entriesOf(source)).toEqual([{ pointer: '', message: expect.stringMatching(/^is not JSON: /) }]);
  });

  it('says the line and column of what is not JSON', () => {
    expect(refusalOf('{\n  "a": 1,\n  "b": oops\n}').message).toBe(
      'Send JSON: a value is expected at line 3, column 8.',
    );
  });

  it('keeps the source of a member byte for byte', () => {
    const variables = '{ "b":1.0, "a" : "\\u00e9\\"}",\n "n": 12345678901234567890 }';
    const json = read(`\r\n{"x": [ {"variables": [1 ,2]}, 5 ],\t"variables":${variables}  , "y":-1e3}`);
    expect(json.findSource('variables')).toBe(variables);
    expect(json.findSource('variables', 'n')).toBe('12345678901234567890');
    expect(json.findSource('x', 0, 'variables')).toBe('[1 ,2]');
    expect(json.findSource('y')).toBe('-1e3');
  });

  it('answers null for the source of a part that is not there', () => {
    const json = read('{"a":[1]}');
    expect(json.findSource('b')).toBeNull();
    expect(json.findSource('a', 1)).toBeNull();
    expect(json.findSource('a', 0, 'c')).toBeNull();
    expect(json.findSource('toString')).toBeNull();
  });

  it('finds the source of a member whose key was written with escapes', () => {
    expect(read('{"v\\u0061riables":{"a":1}}').findSource('variables')).toBe('{"a":1}');
  });

  it('counts open containers against the depth', () => {
    expect(readJsonText('[{"a":1}]', { maxDepth: 2 }).value).toEqual([{ a: 1 }]);
    expect(refusalOf('{"a":[1,{"b":[]}]}', 3).errors).toEqual([
      { pointer: '/a/1/b', message: 'is nested deeper than 3 levels' },
    ]);
  });

  it('lists duplicate keys, written with an escape or not, with their pointers', () => {
    expect(entriesOf('{"a/b":1,"c~":[{"é":1,"\\u00e9":2}],"a/b":3}')).toEqual([
      { pointer: '/c~0/0/é', message: 'appears more than once' },
      { pointer: '/a~1b', message: 'appears more than once' },
    ]);
  });

  it('refuses the key __proto__ anywhere, and takes constructor and prototype as plain keys', () => {
    expect(
      entriesOf('{"a":[{"__proto__":{"x":1}}],"\\u005f_proto__":1}').map((entry) => entry.pointer),
    ).toEqual(['/a/0/__proto__', '/__proto__']);
    expect(read('{"constructor":{"prototype":1}}').value).toEqual({ constructor: { prototype: 1 } });
  });

  it.each([
    ['{"a":"x\\u0000"}', '/a', 'holds a NUL character'],
    ['{"a":["\\ud800"]}', '/a/0', 'holds a lone surrogate'],
    ['{"a":"\\udc00\\ud800"}', '/a', 'holds a lone surrogate'],
    ['{"a":"\\ud83d\\n\\ude00"}', '/a', 'holds a lone surrogate'],
    ['{"a":"\ud83d"}', '/a', 'holds a lone surrogate'],
    ['{"a":{"\\u0000":1}}', '/a', 'has a key that holds a NUL character'],
    ['{"\\ud83d":1}', '', 'has a key that holds a lone surrogate'],
    ['"\\u0000"', '', 'holds a NUL character'],
  ])('refuses %j', (source, pointer, message) => {
    expect(entriesOf(source)).toEqual([{ pointer, message }]);
  });

  it('takes surrogate pairs, escaped, raw or half of each', () => {
    expect(read('["\\ud83d\\ude00","😀","\\ud83d\ude00"]').value).toEqual(['😀', '😀', '😀']);
  });

  it('stops listing after twenty faults and cuts a long key in a pointer', () => {
    expect(entriesOf(`[${Array(5000).fill('"\\u0000"').join()}]`)).toHaveLength(20);
    const long = 'k'.repeat(50_000);
    expect(entriesOf(`{"${long}":"\\u0000"}`)[0]?.pointer).toBe(`/${'k'.repeat(100)}…`);
  });

  it('keeps pointers printable when a key on the way is not', () => {
    const pointers = entriesOf('{"\\ud800\\u0000":{"a":"\\u0000"}}').map((entry) => entry.pointer);
    expect(pointers).toEqual(['', '/\ufffd\ufffd/a']);
  });

  it('refuses 100,000 levels and a 10 MB tower at the limit, not at the end', () => {
    expect(refusalOf('['.repeat(100_000)).errors?.[0]?.message).toBe('is nested deeper than 64 levels');
    expect(refusalOf('{"a":'.repeat(2_000_000)).errors?.[0]?.pointer).toBe('/a'.repeat(64));
  });

  it('stays linear where a text invites looking back', () => {
    const source = `{"a":"${'\\\\'.repeat(500_000)}","b":[${Array(100_000).fill('"\\""').join()}],"c":${' '.repeat(1e6)}1}`;
    const json = read(source);
    expect(json.findSource('c')).toBe('1');
    expect(json.findSource('b', 99_999)).toBe('"\\""');
  });
});
