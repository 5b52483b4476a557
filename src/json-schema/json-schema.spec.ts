import { parseJson, ValidationError } from '../kernel/index.js';
import { compileSchema } from './compile-schema.js';
import { SchemaCache } from './schema-cache.js';

type Fault = [pointer: string, message: string];

function faultsOf(schema: unknown, value: unknown): Fault[] {
  return compileSchema(schema)
    .validate(value, '/variables')
    .map(({ pointer, message }) => [pointer, message]);
}

function problemsOf(schema: unknown): Fault[] {
  try {
    compileSchema(schema, '/variables_schema');
  } catch (error) {
    if (error instanceof ValidationError) {
      return (error.errors ?? []).map(({ pointer, message }) => [pointer, message]);
    }
    throw error;
  }
  return [];
}

describe('a value', () => {
  it('that fits has no violations', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'https://example.com/order',
      type: 'object',
      properties: { name: { type: 'string', minLength: 1 }, lines: { $ref: '#/$defs/lines' } },
      required: ['name'],
      additionalProperties: false,
      $defs: { lines: { type: 'array', items: { type: 'integer', minimum: 1 } } },
    };
    expect(faultsOf(schema, { name: 'x', lines: [1, 2] })).toEqual([]);
    expect(faultsOf(schema, { name: '', lines: [1, 0, 1.5], other: 1 })).toEqual([
      ['/variables/name', 'must have at least 1 character'],
      ['/variables/lines/1', 'must be at least 1'],
      ['/variables/lines/2', 'must be a whole number'],
      ['/variables/other', 'is not a known member'],
    ]);
    expect(faultsOf(schema, {})).toEqual([['/variables/name', 'is required']]);
    expect(faultsOf(schema, [])).toEqual([['/variables', 'must be an object']]);
  });

  it.each<[object, unknown, Fault[]]>([
    [{ enum: ['a', 1, null] }, 'b', [['/variables', 'must be one of "a", 1, null']]],
    [{ const: { a: [1] } }, { a: [2] }, [['/variables', 'must be {"a":[1]}']]],
    [{ maxLength: 1 }, '😀😀', [['/variables', 'must have at most 1 character']]],
    [{ pattern: '^a+$' }, 'ab', [['/variables', 'must match the pattern ^a+$']]],
    [{ format: 'email' }, 'x', [['/variables', 'must have the format email']]],
    [{ format: 'date' }, '2026-02-30', [['/variables', 'must have the format date']]],
    [
      { uniqueItems: true },
      [{ a: 1, b: 2 }, 1, { b: 2, a: 1 }],
      [['/variables/2', 'must not be the same as item 0']],
    ],
    [{ prefixItems: [true], items: false }, [1, 2], [['/variables/1', 'is not allowed']]],
    [{ contains: { type: 'null' } }, [1], [['/variables', 'must contain at least 1 item that fit']]],
    [{ propertyNames: { maxLength: 1 } }, { ab: 1 }, [['/variables/ab', 'has a name that is not allowed']]],
    [{ dependentRequired: { a: ['b'] } }, { a: 1 }, [['/variables/b', 'is required beside "a"']]],
    [{ not: { type: 'string' } }, 'x', [['/variables', 'must not fit the schema in "not"']]],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 1, [['/variables', 'must be a string or null']]],
    [{ oneOf: [{ const: 'a' }, { const: 'b' }] }, 'c', [['/variables', 'must be "a" or "b"']]],
    [{ oneOf: [true, true] }, 1, [['/variables', 'must fit one schema of "oneOf" and fits 2']]],
    [
      {
        anyOf: [{ type: 'string' }, { type: 'object', required: ['x'], properties: { y: { type: 'null' } } }],
      },
      { y: 1 },
      [
        ['/variables/x', 'is required'],
        ['/variables/y', 'must be null'],
      ],
    ],
    [{ if: { required: ['a'] }, then: { required: ['b'] } }, { a: 1 }, [['/variables/b', 'is required']]],
    [
      { allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
      { a: 1, b: 2 },
      [['/variables/b', 'is not allowed']],
    ],
    [
      { patternProperties: { '^n_': { type: 'number' } } },
      { n_a: 'x', b: 'x' },
      [['/variables/n_a', 'must be a number']],
    ],
  ])('of %j: %j', (schema, value, faults) => {
    expect(faultsOf(schema, value)).toEqual(faults);
  });

  it('has 20 violations at most', () => {
    expect(
      faultsOf(
        { items: { type: 'string' } },
        Array.from({ length: 100 }, () => 1),
      ),
    ).toHaveLength(20);
  });

  it('has pointers that are escaped, and the whole by itself', () => {
    const schema = { properties: { 'a/b~c': false } };
    expect(compileSchema(schema).validate({ 'a/b~c': 1 })).toEqual([
      { pointer: '/a~1b~0c', message: 'is not allowed' },
    ]);
    expect(compileSchema(false).validate(1)).toEqual([{ pointer: '', message: 'is not allowed' }]);
  });

  it('has own members only', () => {
    expect(faultsOf({ required: ['constructor', 'toString'] }, {})).toHaveLength(2);
    const schema = parseJson('{"properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}');
    expect(faultsOf(schema, {})).toEqual([['/variables/__proto__', 'is required']]);
    expect(faultsOf(schema, JSON.parse('{"__proto__":1}'))).toEqual([
      ['/variables/__proto__', 'must be a string'],
    ]);
    expect(faultsOf({ additionalProperties: false }, JSON.parse('{"__proto__":1}'))).toHaveLength(1);
  });
});

describe('a number', () => {
  it.each<[string, string, boolean]>([
    ['{"type":"integer"}', '12345678901234567890', true],
    ['{"type":"integer"}', '1.0', true],
    ['{"type":"integer"}', '1e400', true],
    ['{"type":"integer"}', '1e-400', false],
    ['{"type":"integer"}', '1234567890123456789.5', false],
    ['{"maximum":9007199254740992}', '9007199254740993', false],
    ['{"maximum":9007199254740993}', '9007199254740993', true],
    ['{"exclusiveMinimum":9007199254740992}', '9007199254740993', true],
    ['{"maximum":5}', '1e99999999999999999999', false],
    ['{"minimum":-5}', '-1e99999999999999999999', false],
    ['{"const":9007199254740993}', '9007199254740992', false],
    ['{"const":1}', '1.00', true],
    ['{"enum":[1.10]}', '1.1', true],
    ['{"uniqueItems":true}', '[9007199254740992,9007199254740993]', true],
    ['{"uniqueItems":true}', '[1,1.0]', false],
    ['{"multipleOf":0.01}', '19.99', true],
    ['{"multipleOf":7}', '12345678901234567890123', false],
    ['{"multipleOf":3}', '12345678901234567890', true],
    ['{"multipleOf":0.5}', '1e300', true],
    ['{"multipleOf":2}', '1e100000', false],
  ])('keeps its digits: %s asked of %s', (schema, value, fits) => {
    const wrapped = parseJson(`{"properties":{"x":${schema}}}`);
    expect(compileSchema(wrapped).validate(parseJson(`{"x":${value}}`))).toHaveLength(fits ? 0 : 1);
  });
});

describe('a schema', () => {
  it.each<[unknown, Fault[]]>([
    ['text', [['/variables_schema', 'must be a JSON Schema: an object']]],
    [null, [['/variables_schema', 'must be a JSON Schema: an object']]],
    [[], [['/variables_schema', 'must be a JSON Schema: an object']]],
    [
      { type: 'strng' },
      [
        [
          '/variables_schema/type',
          'must be one of null, boolean, number, integer, string, array, object, or an array of them',
        ],
      ],
    ],
    [{ minLength: -1 }, [['/variables_schema/minLength', 'must be a whole number of 0 or more']]],
    [{ minimum: { $data: '/a' } }, [['/variables_schema/minimum', 'must be a number']]],
    [{ $data: '/a' }, [['/variables_schema/$data', 'is not supported']]],
    [{ required: 'a' }, [['/variables_schema/required', 'must be an array']]],
    [{ required: ['a', 'a'] }, [['/variables_schema/required', 'must hold each name once']]],
    [
      { properties: { a: 1 } },
      [['/variables_schema/properties/a', 'must be a schema: an object, true or false']],
    ],
    [{ items: [true] }, [['/variables_schema/items', 'must be one schema: a list of them is prefixItems']]],
    [{ allOf: [] }, [['/variables_schema/allOf', 'must hold at least one schema']]],
    [
      { multipleOf: 0 },
      [['/variables_schema/multipleOf', 'must be a number above 0 that can be computed with']],
    ],
    [
      { $schema: 'http://json-schema.org/draft-07/schema#' },
      [['/variables_schema/$schema', 'must be "https://json-schema.org/draft/2020-12/schema"']],
    ],
    [{ items: { $id: 'x' } }, [['/variables_schema/items/$id', 'is only allowed at the root of the schema']]],
    [
      { $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } },
      [['/variables_schema/$defs/b/$anchor', 'is an anchor that another schema has too']],
    ],
    ...['https://example.com/x', 'other.json', 'file:///etc/passwd', ''].map((target): [unknown, Fault[]] => [
      { $ref: target },
      [['/variables_schema/$ref', 'must begin with "#": only schemas inside of this one can be referred to']],
    ]),
    [{ $ref: '#/$defs/none' }, [['/variables_schema/$ref', 'refers to a schema that does not exist']]],
    [{ $ref: '#/__proto__' }, [['/variables_schema/$ref', 'refers to a schema that does not exist']]],
    [{ $ref: '#' }, [['/variables_schema', 'is applied to the same value again by itself, without end']]],
    [
      { allOf: [{ anyOf: [{ $ref: '#' }] }] },
      [['/variables_schema', 'is applied to the same value again by itself, without end']],
    ],
  ])('is refused: %j', (schema, problems) => {
    expect(problemsOf(schema)).toEqual(problems);
  });

  it.each(['(?=a)', '(?<!a)b', '(a)\\1', '(', '[z-a]', 'a{2000}', '((a{30}){30}){30}', 'a'.repeat(1_001)])(
    'is refused for its pattern %s',
    (pattern) => {
      expect(problemsOf({ pattern })).toHaveLength(1);
      expect(problemsOf({ patternProperties: { [pattern]: true } })).toHaveLength(1);
    },
  );

  it('is refused where it is too large, too deep, or holds too many schemas', () => {
    const nested = (levels: number): object =>
      levels === 1 ? {} : { properties: { a: nested(levels - 1) } };
    expect(problemsOf(nested(16))).toEqual([]);
    expect(problemsOf(nested(17))).toMatchObject([[expect.any(String), 'is nested deeper than 16 schemas']]);
    expect(problemsOf({ description: 'x'.repeat(32_768) })).toEqual([
      ['/variables_schema', 'is larger than 32768 bytes'],
    ]);
    const many = Object.fromEntries(Array.from({ length: 2_500 }, (_, index) => [`p${index}`, true]));
    expect(problemsOf({ properties: many })).toMatchObject([
      [expect.any(String), expect.stringContaining('1000')],
    ]);
    const deep: unknown = JSON.parse('{"const":'.concat('['.repeat(5_000), ']'.repeat(5_000), '}'));
    expect(problemsOf(deep)).toHaveLength(1);
  });

  it('lists 20 problems at most', () => {
    const properties = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`p${index}`, 1]));
    expect(problemsOf({ properties })).toHaveLength(20);
  });

  it('may hold what draft 2020-12 does not know, and what only says something', () => {
    const schema = {
      title: 'T',
      description: 'D',
      default: {},
      examples: [1],
      deprecated: true,
      'x-own': { $ref: 'https://example.com' },
      format: 'own',
      contentMediaType: 'text/plain',
    };
    expect(faultsOf(schema, 'x')).toEqual([]);
  });

  it('may refer to itself by members and items, by anchors, and to definitions', () => {
    const tree = {
      $anchor: 'node',
      type: 'object',
      properties: {
        children: { type: 'array', items: { $ref: '#node' } },
        a: { $ref: '#/definitions/a~1b' },
      },
      definitions: { 'a/b': { type: 'string' } },
    };
    expect(faultsOf(tree, { children: [{ children: [1] }], a: 1 })).toEqual([
      ['/variables/children/0/children/0', 'must be an object'],
      ['/variables/a', 'must be a string'],
    ]);
  });
});

describe('a hostile schema', () => {
  const doubling = (levels: number) => {
    const names = Array.from({ length: levels }, (_, index) => `#/$defs/d${index + 1}`);
    const $defs = Object.fromEntries(
      names.map(($ref, index) => [`d${index}`, { allOf: [{ $ref }, { $ref }] }]),
    );
    return { $defs: { ...$defs, [`d${levels}`]: { type: 'object' } }, $ref: '#/$defs/d0' };
  };

  it('is refused when it doubles with each reference', () => {
    expect(problemsOf(doubling(30))[0]?.[1]).toBe('applies more than 1000 schemas to one value');
    expect(faultsOf(doubling(5), {})).toEqual([]);
  });

  it('is refused for a chain of references without end, or a long one', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`d${index}`, { $ref: `#/$defs/d${index + 1}` }]),
    );
    expect(problemsOf({ $ref: '#/$defs/d0', $defs: { ...chain, d200: true } })[0]?.[1]).toContain(
      '64 schemas',
    );
    expect(problemsOf({ $ref: '#/$defs/d0', $defs: { ...chain, d200: { $ref: '#/$defs/d0' } } })).not.toEqual(
      [],
    );
  });

  it('ends when it doubles with each level of the value', () => {
    const schema = { properties: { a: { allOf: [{ $ref: '#' }, { $ref: '#' }] } } };
    const value = Array.from({ length: 40 }).reduce<object>((inner) => ({ a: inner }), {});
    expect(faultsOf(schema, value)).toEqual([['/variables', 'takes more work to check than is allowed']]);
  });

  it('ends for a value of thousands of levels', () => {
    const value: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
    expect(faultsOf({ items: { $ref: '#' } }, value)).toHaveLength(1);
    expect(faultsOf({ const: 1 }, value)).toHaveLength(1);
    expect(faultsOf({ uniqueItems: true }, value)).toHaveLength(1);
  });

  it('ends for lists that are compared, and texts that are matched', () => {
    const list = Array.from({ length: 100_000 }, (_, index) => ({ index: [index] }));
    expect(faultsOf({ uniqueItems: true }, list)).toHaveLength(1);
    const words = Array.from({ length: 3_000 }, (_, index) => index);
    expect(faultsOf({ items: { enum: words } }, [1, 2, 2_999])).toEqual([]);
    expect(faultsOf({ pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}b`)).toEqual([
      ['/variables', 'must match the pattern ^(a+)+$'],
    ]);
    expect(faultsOf({ pattern: '(x+x+)+y{50}' }, 'x'.repeat(1_000_000))).toHaveLength(1);
  });
});

describe('the cache', () => {
  it('keeps what was compiled, and no refusal', () => {
    const cache = new SchemaCache({ maxEntries: 2 });
    const first = cache.get('a', { type: 'string' });
    expect(cache.get('a', { type: 'string' })).toBe(first);
    expect(() => cache.get('b', { type: 1 })).toThrow(ValidationError);
    cache.get('b', true);
    cache.get('c', true);
    expect(cache.get('a', { type: 'string' })).not.toBe(first);
  });
});
