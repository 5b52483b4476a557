import { findSchemaWarnings } from './find-schema-warnings.js';

const AT = '/response_format/json_schema/schema';
const closed = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

function warningsOf(schema: unknown, strict?: boolean) {
  return findSchemaWarnings(schema, AT, strict).map(({ pointer, vendors }) => [
    pointer.slice(AT.length),
    vendors.join(' '),
  ]);
}

describe('the warnings of a schema', () => {
  it('are none within the subset that all vendors take', () => {
    const item = closed({ id: { type: 'string' }, size: { type: ['number', 'null'] } });
    const schema = closed({ items: { type: 'array', items: { $ref: '#/$defs/item' } } }, { $defs: { item } });
    expect(warningsOf(schema, true)).toEqual([]);
  });

  it.each<[string, object, [string, string][]]>([
    ['an open object', { type: 'object' }, [['', 'openai anthropic']]],
    [
      'a property that may be left out',
      closed({ 'a/b': { type: 'string' }, c: { type: 'string' } }, { required: ['c'] }),
      [['/properties/a~1b', 'openai']],
    ],
    [
      'a limit of a number',
      closed({ n: { type: 'integer', minimum: 1 } }),
      [['/properties/n/minimum', 'anthropic']],
    ],
    [
      'a limit of a length',
      closed({ s: { type: 'string', maxLength: 1 } }),
      [['/properties/s/maxLength', 'openai anthropic']],
    ],
    [
      'recursion',
      closed({ next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } }),
      [['/properties/next/anyOf/0/$ref', 'anthropic']],
    ],
    [
      'recursion on the way round',
      closed(
        { a: { $ref: '#/$defs/a' } },
        {
          $defs: {
            a: { anyOf: [{ $ref: '#/$defs/b' }, { type: 'null' }] },
            b: closed({ a: { $ref: '#/$defs/a' } }),
          },
        },
      ),
      [
        ['/properties/a/$ref', 'anthropic'],
        ['/$defs/a/anyOf/0/$ref', 'anthropic'],
        ['/$defs/b/properties/a/$ref', 'anthropic'],
      ],
    ],
    [
      'an open object in a list',
      { type: 'array', items: { properties: {}, type: 'object' } },
      [
        ['', 'openai'],
        ['/items', 'openai anthropic'],
      ],
    ],
    ['a list at the root', { type: 'array', items: { type: 'string' } }, [['', 'openai']]],
    ['a text at the root', { type: 'string' }, [['', 'openai']]],
    ['an object or null at the root', closed({}, { type: ['object', 'null'] }), [['', 'openai']]],
    ['no type at the root', { enum: ['yes', 'no'] }, [['', 'openai']]],
    ['one of several at the root', { anyOf: [closed({}), closed({})] }, [['/anyOf', 'openai']]],
    [
      'a closed object with a choice at the root',
      closed({}, { anyOf: [closed({})] }),
      [['/anyOf', 'openai']],
    ],
    [
      'a choice of exactly one',
      closed({ a: { oneOf: [{ type: 'string' }, { type: 'null' }] } }),
      [['/properties/a/oneOf', 'openai']],
    ],
    [
      'nothing of a choice in a property',
      closed({ a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }),
      [],
    ],
    ['nothing of a reference at the root', { $ref: '#/$defs/a', $defs: { a: closed({}) } }, []],
  ])('point at %s', (_, schema, warnings) => {
    expect(warningsOf(schema)).toEqual(warnings);
  });

  it('say of a reference to elsewhere that nobody follows it, and that answers are not checked', () => {
    const found = warningsOf(closed({ a: { $ref: 'https://example.com/a.json' } }));
    expect(found).toContainEqual(['/properties/a/$ref', 'openai anthropic google']);
    expect(found).toContainEqual(['/properties/a/$ref', '']);
  });

  it('leave out who checks strict schemas only, when it is not to be strict', () => {
    expect(warningsOf({ type: 'object' }, false)).toEqual([['', 'anthropic']]);
  });

  it('are a hundred at most', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 500 }, (_, nth) => [`p${nth}`, { type: 'object' }]),
    );
    expect(warningsOf({ type: 'object', properties })).toHaveLength(100);
  });
});
