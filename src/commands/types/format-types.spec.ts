import ts from 'typescript';
import { formatTypes } from './format-types.js';
import { typeOfSchema } from './type-of-schema.js';

describe('the type of a schema', () => {
  it.each<[Record<string, unknown>, string]>([
    [{}, 'unknown'],
    [{ type: 'integer' }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ enum: ['a', 1, null] }, '"a" | 1 | null'],
    [{ type: 'string', const: 'a' }, '"a"'],
    [{ type: 'array', items: { type: 'string' } }, 'readonly (string)[]'],
    [{ type: 'object' }, 'Readonly<Record<string, unknown>>'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'Readonly<Record<string, number>>'],
    [
      {
        type: 'object',
        properties: { a: { type: 'string' }, 'b-c': {} },
        required: ['a'],
        additionalProperties: false,
      },
      '{ readonly "a": string; readonly "b-c"?: unknown | undefined }',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, '(string) | (number)'],
    [{ anyOf: [{ type: 'string' }, {}] }, 'unknown'],
    [{ $ref: '#/$defs/a~1b', $defs: { 'a/b': { type: 'string' } } }, 'string'],
    [{ $ref: 'https://example.com' }, 'unknown'],
  ])('of %j is %s', (schema, type) => {
    expect(typeOfSchema(schema)).toBe(type);
  });

  it('of one that refers to itself ends', () => {
    const tree = { type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false };
    expect(typeOfSchema(tree)).toContain('unknown');
  });
});

describe('the file of types', () => {
  it('is TypeScript, with the prompts by name', () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        list: { type: 'array', prefixItems: [{ type: 'null' }], items: false },
      },
      required: ['name', 'other'],
      allOf: [{ properties: { more: { enum: ['x', 'y'] } } }],
    };
    const text = formatTypes([
      { name: 'team/b', schema },
      { name: 'a', schema: {} },
    ]);
    expect(text.indexOf('"a": Readonly<Record<string, unknown>>;')).toBeLessThan(text.indexOf('"team/b": '));
    const { diagnostics } = ts.transpileModule(text, {
      reportDiagnostics: true,
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
    });
    expect(diagnostics).toEqual([]);
  });
});
