import fc from 'fast-check';
import { ValidationError } from '../../kernel/index.js';
import { extrasOfWire, readContentExtras, toWireExtras } from '../index.js';
import type { UncheckedExtras } from '../index.js';

const named = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } });

function faultsOf(sent: UncheckedExtras): Record<string, string> {
  try {
    readContentExtras(sent);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return Object.fromEntries((error.errors ?? []).map(({ pointer, message }) => [pointer, message]));
  }
  return {};
}

describe('readContentExtras', () => {
  it('reads what is there, in the form of the wire', () => {
    const parameters = { type: 'object', properties: { constructor: { type: 'string' } } };
    const schema = { $defs: { a: { maximum: 1e300 } }, toString: 1, prototype: null, '': [] };
    const sent = {
      tools: [named('a-B_9', { description: '{{not}} a template', parameters, strict: false }), named('b')],
      tool_choice: named('b'),
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } },
    };
    const extras = readContentExtras(sent);
    expect(extras).toEqual({
      tools: sent.tools,
      toolChoice: sent.tool_choice,
      parallelToolCalls: false,
      responseFormat: sent.response_format,
    });
    expect(toWireExtras(extras)).toEqual(sent);
    expect(extrasOfWire(toWireExtras(extras))).toEqual(extras);
  });

  it('takes null for left out, and text for no format', () => {
    const nothing = { tools: null, tool_choice: null, parallel_tool_calls: null, response_format: null };
    for (const sent of [{}, nothing, { response_format: { type: 'text' } }]) {
      expect(readContentExtras(sent)).toBeNull();
    }
    expect(
      readContentExtras({ tools: [named('a', { description: null, parameters: null, strict: null })] }),
    ).toEqual({ tools: [named('a')] });
  });

  const name = 'must be 1 to 64 letters, digits, "_" and "-"';
  const unknown = 'is not a known field';
  const object = 'must be a JSON object';
  it.each<[string, UncheckedExtras, Record<string, string>]>([
    ['no list of tools', { tools: {} }, { '/tools': 'must be an array' }],
    ['an empty list', { tools: [] }, { '/tools': 'must hold 1 to 128 tools' }],
    [
      'too many',
      { tools: Array.from({ length: 129 }, (_, nth) => named(`f${nth}`)) },
      { '/tools': 'must hold 1 to 128 tools' },
    ],
    ['a tool that is none', { tools: [null, 1] }, { '/tools/0': object, '/tools/1': object }],
    [
      'a tool without anything',
      { tools: [{}] },
      { '/tools/0/type': 'is required', '/tools/0/function': 'is required' },
    ],
    [
      'another kind of tool',
      { tools: [{ ...named('a'), type: 'mcp' }] },
      { '/tools/0/type': 'must be function' },
    ],
    ['a name with a blank', { tools: [named('a'), named('a b')] }, { '/tools/1/function/name': name }],
    ['a long name', { tools: [named('a'.repeat(65))] }, { '/tools/0/function/name': name }],
    ['a name with a line feed', { tools: [named('a\n')] }, { '/tools/0/function/name': name }],
    ['a number for a name', { tools: [named(1 as never)] }, { '/tools/0/function/name': name }],
    [
      'a name twice',
      { tools: [named('a'), named('b'), named('a')] },
      { '/tools/2/function/name': 'is the name of another tool before it' },
    ],
    [
      'members that nobody knows',
      { tools: [{ ...named('a', { 'x/y': 1 }), cache: true }] },
      { '/tools/0/cache': unknown, '/tools/0/function/x~1y': unknown },
    ],
    [
      'members of another type',
      { tools: [named('a', { description: 1, parameters: [], strict: 'yes' })] },
      {
        '/tools/0/function/description': 'must be a string',
        '/tools/0/function/parameters': object,
        '/tools/0/function/strict': 'must be a boolean value',
      },
    ],
    ['a choice without tools', { tool_choice: 'auto' }, { '/tool_choice': 'needs tools' }],
    [
      'a choice that there is not',
      { tools: [named('a')], tool_choice: 'always' },
      { '/tool_choice': 'must be one of auto, none, required' },
    ],
    [
      'a choice of another tool',
      { tools: [named('a')], tool_choice: named('b') },
      { '/tool_choice/function/name': 'is not the name of one of the tools' },
    ],
    [
      'a choice with more than a name',
      { tools: [named('a')], tool_choice: named('a', { strict: true }) },
      { '/tool_choice/function/strict': unknown },
    ],
    [
      'a choice of another type',
      { tools: [named('a')], tool_choice: 1 },
      { '/tool_choice': 'must be one of auto, none, required, or an object that names a function' },
    ],
    [
      'parallel calls without tools',
      { parallel_tool_calls: true },
      { '/parallel_tool_calls': 'needs tools' },
    ],
    [
      'parallel calls that are no boolean',
      { tools: [named('a')], parallel_tool_calls: 2 },
      { '/parallel_tool_calls': 'must be a boolean value' },
    ],
    ['a format that is none', { response_format: 'json_object' }, { '/response_format': object }],
    ['a format without a type', { response_format: {} }, { '/response_format/type': 'is required' }],
    [
      'a format that there is not',
      { response_format: { type: 'xml' } },
      { '/response_format/type': 'must be one of text, json_object, json_schema' },
    ],
    [
      'a schema where there is none',
      { response_format: { type: 'json_object', json_schema: {} } },
      { '/response_format/json_schema': unknown },
    ],
    [
      'no schema where there is one',
      { response_format: { type: 'json_schema' } },
      { '/response_format/json_schema': 'is required' },
    ],
    [
      'half a schema',
      { response_format: { type: 'json_schema', json_schema: { schema: true, extra: 1 } } },
      {
        '/response_format/json_schema/name': 'is required',
        '/response_format/json_schema/schema': object,
        '/response_format/json_schema/extra': unknown,
      },
    ],
    [
      'what JSON cannot hold, or Postgres',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'a', schema: { a: [JSON.parse('1e400')], 'b/': 'a\0', c: '\ud800' } },
        },
      },
      {
        '/response_format/json_schema/schema/a/0': 'is not a finite number',
        '/response_format/json_schema/schema/b~1': 'holds NUL or a lone surrogate',
        '/response_format/json_schema/schema/c': 'holds NUL or a lone surrogate',
      },
    ],
    [
      'a key that reaches for a prototype',
      { tools: [named('a', { parameters: JSON.parse('{"a": {"__proto__": {"polluted": 1}}}') as object })] },
      { '/tools/0/function/parameters/a/__proto__': 'is a key that is not allowed' },
    ],
    [
      'bottomless schemas',
      {
        tools: [named('a', { parameters: JSON.parse(`${'{"a":'.repeat(61)}1${'}'.repeat(61)}`) as object })],
      },
      { [`/tools/0/function/parameters${'/a'.repeat(60)}`]: 'is nested deeper than 64 levels' },
    ],
  ])('refuses %s', (_what, sent, faults) => {
    expect(faultsOf(sent)).toEqual(faults);
  });

  it('reports every fault at once, but no more than a hundred, and repeats no endless key', () => {
    expect(Object.keys(faultsOf({ tools: 1, tool_choice: 'x', response_format: 1 }))).toHaveLength(3);
    const long = 'k'.repeat(100_000);
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, nth) => [`${nth}${long}`, 1]));
    const faults = faultsOf({ tools: [many] });
    expect(Object.keys(faults)).toHaveLength(100);
    expect(JSON.stringify(faults).length).toBeLessThan(20_000);
  });

  it('keeps any schema as it came', () => {
    const schema = fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__' && !key.includes('\0')),
      fc.jsonValue({ maxDepth: 4 }),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(schema, (parameters) => {
        const text = JSON.stringify(parameters);
        fc.pre(!/\\u0000|\\ud[89a-f]|__proto__/i.test(text));
        const extras = readContentExtras({ tools: [named('a', { parameters: JSON.parse(text) as object })] });
        expect(JSON.stringify(extras?.tools?.[0]?.function.parameters)).toBe(text);
      }),
    );
  });
});
