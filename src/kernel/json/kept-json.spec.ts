import fc from 'fast-check';
import { ExactNumber, keepText, keptText, parseExact, parseJson, readJsonText, writeJson } from '../index.js';

/** JSON that `JSON.parse` and `JSON.stringify` would not reproduce; compact, so that it can be compared directly. */
const AWKWARD = [
  '{"order_id":12345678901234567890,"amount":1.10}',
  '[9007199254740993]',
  '[0.1234567890123456789]',
  '[-0,-0.0,0.0,1.0,-1.50]',
  '[1E5,1e5,1e+5,1E-7,0.0000001,1e400,-1e400,1e-400]',
  '[100000000000000000000000]',
  '{"b":1,"10":2,"a":3,"9":4}',
  '{"4294967294":1,"0":2}',
  '{"x":{"b":{"1":[]},"0":{}}}',
  '{"\\u0031":1,"0":2}',
  '{"1\\u0030":1,"0":2}',
  '{"toJSON":1,"10":2,"1":3}',
  '{"constructor":1.0,"hasOwnProperty":{"1":1,"0":2}}',
  '{"":{"":[1.0]}}',
  '[[[[[[[[1.0]]]]]]]]',
  '{"s":"1.0 {} [] , : \\" 10","n":2.50}',
];

const PLAIN = [
  '{}',
  '[]',
  '{"a":1,"b":-2,"c":0.5,"d":[1.25,123456789012345,0.000001]}',
  '{"a":"12345678901234567890","b":"1.10"}',
  '{"a10":1,"-1":2,"1.5":3,"x":{"y":"\\"10\\":"}}',
  '[1e+21,5e-324,1.7976931348623157e+308,9007199254740991,0.1234567890123456]',
  '[true,false,null,"\\u00e9\\n"]',
];

/** `any`, because a program may do anything with an answer. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Changing = any;

describe('JSON that is only passed on', () => {
  it.each(AWKWARD)('keeps its text: %s', (text) => {
    expect(writeJson(parseJson(text))).toBe(text);
    expect(writeJson({ before: 1, json: [parseJson(text)], after: undefined })).toBe(
      `{"before":1,"json":[${text}]}`,
    );
  });

  it.each(AWKWARD)('keeps it in each part of a body: %s', (text) => {
    const { value } = readJsonText(`{ "a": [ 1, ${text} ] }`, { maxDepth: 64 });
    expect(writeJson((value as { a: unknown[] }).a[1])).toBe(text);
  });

  it.each(PLAIN)('is left to the native writer when that loses nothing: %s', (text) => {
    const value = parseJson(text) as object;
    expect(keptText(value)).toBeNull();
    expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
  });

  it('is a plain value to everybody else', () => {
    const value = parseJson('{"10":1.0,"a":[1.0]}') as Record<string, unknown>;
    expect(value).toEqual({ 10: 1, a: [1] });
    expect(Object.getOwnPropertyNames(value)).toEqual(['10', 'a']);
    expect(JSON.stringify(value)).toBe('{"10":1,"a":[1]}');
    expect(writeJson({ ...value, a: 2 })).toBe('{"10":1,"a":2}');
  });

  it('keeps the key __proto__, which is a member like any other', () => {
    const text = '{"__proto__":{"a":1.0},"b":1}';
    expect(writeJson(parseJson(text))).toBe(text);
    expect(writeJson(parseJson('{"__proto__":1}'))).toBe('{"__proto__":1}');
  });

  it.each([
    ['{"a":{"b":1.0},"a":{"b":2}}', '{"a":{"b":2}}'],
    ['{"a":[1.0],"a":{"b":2}}', '{"a":{"b":2}}'],
    ['{"a":{"x":{"y":1.0}},"a":{"x":{"y":3}}}', '{"x":{"y":3}}'],
  ])('never keeps the text of a member that a later one replaced: %s', (text, later) => {
    const { a } = parseJson(text) as { a: object };
    expect(writeJson(a)).toBe(later.startsWith('{"a"') ? later.slice(5, -1) : later);
  });

  it('is compact, and indented where that is asked for, as JSON.stringify does it', () => {
    const text = ' { "b" : [ 1.0 , { } , [ ] ] ,\n"a":{"x": "a  b"}, "1" : 1 } ';
    const value = parseJson(text);
    expect(writeJson(value)).toBe('{"b":[1.0,{},[]],"a":{"x":"a  b"},"1":1}');
    expect(writeJson(value, 2)).toBe(
      '{\n  "b": [\n    1.0,\n    {},\n    []\n  ],\n  "a": {\n    "x": "a  b"\n  },\n  "1": 1\n}',
    );
  });

  it('may be nested as deep as it likes', () => {
    const text = `${'['.repeat(5000)}1.0${']'.repeat(5000)}`;
    expect(writeJson(parseJson(text))).toBe(text);
  });

  it('can be any text that somebody has in hand', () => {
    expect(writeJson({ a: keepText({ x: 2 }, '{ "x": 1, "x": 2 }') })).toBe('{"a":{"x":1,"x":2}}');
  });

  it.each<[string, (value: Changing) => unknown, string]>([
    ['{"id":1.0,"b":2,"10":3}', (value) => (value.b = 5), '{"id":1.0,"b":5,"10":3}'],
    ['{"id":1.0,"b":2,"10":3}', (value) => delete value.b, '{"id":1.0,"10":3}'],
    ['{"b":2,"10":3.0}', (value) => (value['9'] = [1]), '{"b":2,"10":3.0,"9":[1]}'],
    ['{"a":{"b":[1.0,2.0]},"c":3.0}', (value) => (value.a.b[0] = 7), '{"a":{"b":[7,2.0]},"c":3.0}'],
    ['[1.0,{"x":2.0}]', (value) => value.push(3), '[1.0,{"x":2.0},3]'],
    ['[1.0,{"x":2.0}]', (value) => value.shift(), '[{"x":2.0}]'],
    ['{"a":[1.0],"b":-0}', (value) => (value.b = undefined), '{"a":[1.0]}'],
  ])('is written as it is now, where somebody has changed it: %s', (text, change, expected) => {
    const value = parseJson(text);
    change(value);
    expect(writeJson(value)).toBe(expected);
    expect(writeJson([value])).toBe(`[${expected}]`);
  });

  it('is written by JSON.stringify where nothing is kept, and keeps its rules where something is', () => {
    class Point {
      constructor(readonly x: unknown) {}
    }
    const kept = parseJson('[1.0]');
    const value = { d: new Date(0), u: undefined, l: [undefined, kept], p: new Point(kept), n: null };
    expect(writeJson(value)).toBe(
      '{"d":"1970-01-01T00:00:00.000Z","l":[null,[1.0]],"p":{"x":[1.0]},"n":null}',
    );
  });

  it('holds for any JSON', () => {
    const number = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.constantFrom('0', '1', '90', '9007199254740993'),
        fc.constantFrom('', '.0', '.5', '.25', '.10'),
        fc.constantFrom('', 'e3', 'E-2', 'e+0', 'e400'),
      )
      .map((parts) => parts.join(''));
    const key = fc.constantFrom(
      '"a"',
      '"b"',
      '"0"',
      '"10"',
      '"2"',
      '"\\u0033"',
      '"1.0"',
      '""',
      '"__proto__"',
      '"toJSON"',
    );
    const { json } = fc.letrec<{ json: string }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        number,
        fc.constantFrom('true', 'null', '"1.0"', '"\\\\"', '"{\\"1\\":["'),
        fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join()}]`),
        fc
          .uniqueArray(fc.tuple(key, tie('json')), { maxLength: 4, selector: ([name]) => name })
          .map((members) => `{${members.map((member) => member.join(':')).join()}}`),
      ),
    }));
    fc.assert(
      fc.property(json, (text) => {
        expect(writeJson(parseJson(`[${text}]`))).toBe(`[${text}]`);
        expect(writeJson(parseJson(writeJson(parseJson(`[${text}]`), 2)))).toBe(`[${text}]`);
        expect(JSON.stringify(parseJson(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('parseExact', () => {
  it('reads keys in their order, numbers as they came, and the later of two equal keys', () => {
    expect(parseExact(' {"b":[ ],"10":{ },"1":[1.0,2,"a\\n"],"b":[true,false,null]} ')).toEqual(
      new Map<string, unknown>([
        ['b', [true, false, null]],
        ['10', new Map()],
        ['1', [new ExactNumber('1.0'), 2, 'a\n']],
      ]),
    );
  });
});

describe('ExactNumber', () => {
  it.each([
    ['1.10', '110e-2'],
    ['12345678901234567890', '1234567890123456789E1'],
    ['-0', '0.0'],
    ['1e400', '10E+399'],
    ['0.0010', '1e-3'],
  ])('knows that %s and %s are one number', (one, other) => {
    expect(new ExactNumber(one).digits).toBe(new ExactNumber(other).digits);
  });

  it('takes no longer than its text is long', () => {
    const zeros = '0'.repeat(400_000);
    expect(new ExactNumber(`1${zeros}1${zeros}`).digits).toBe(`1${zeros}1e400000`);
    expect(new ExactNumber(`1e${'9'.repeat(400_000)}`).isDouble).toBe(false);
  });

  it.each([
    ['1.10', '1.11'],
    ['12345678901234567890', '12345678901234567891'],
    ['1e400', '-1e400'],
    ['1e400', '1e401'],
  ])('knows that %s and %s are two', (one, other) => {
    expect(new ExactNumber(one).digits).not.toBe(new ExactNumber(other).digits);
  });
});
