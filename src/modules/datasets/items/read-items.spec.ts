import { type ErrorEntry, finish, readJsonText, ValidationError } from '../../../kernel/index.js';
import { readItems, type VariablesCheck } from './read-items.js';

function read(json: string, check: VariablesCheck | null = null) {
  return finish(readItems(readJsonText(json, { maxDepth: 64 }).value as unknown[], check));
}

function faultsOf(items: unknown): readonly ErrorEntry[] {
  try {
    read(JSON.stringify(items));
  } catch (error) {
    if (error instanceof ValidationError) return error.errors ?? [];
    throw error;
  }
  return [];
}

describe('reading items', () => {
  it('keeps what they hold as it came, without white space', () => {
    const { items } = read(
      '[ {"external_id":"a", "expected": 1.10, "variables": {"10": 1e2, "b": "ü"}}, {"variables":{},"metadata":null} ]',
    );
    expect(items).toMatchObject([
      {
        externalId: 'a',
        content: '{"external_id":"a","expected":1.10,"variables":{"10":1e2,"b":"ü"}}',
        sizeBytes: 67,
        sourceExecutionId: null,
      },
      { externalId: null, content: '{"variables":{},"metadata":null}', sizeBytes: 32 },
    ]);
  });

  it('takes null for expected and metadata, and for an id', () => {
    const [item] = read('[{"external_id":null,"variables":{},"expected":null,"metadata":null}]').items;
    expect(item).toMatchObject({ externalId: null });
  });

  it.each<[string, unknown, string, string]>([
    ['what is no object', [7], '/items/0', 'must be a JSON object'],
    ['a list', [[]], '/items/0', 'must be a JSON object'],
    ['a missing member', [{}], '/items/0/variables', 'is required'],
    ['variables that are null', [{ variables: null }], '/items/0/variables', 'must be a JSON object'],
    ['variables that are a list', [{ variables: [] }], '/items/0/variables', 'must be a JSON object'],
    ['an unknown member', [{ variables: {}, 'a/b': 1 }], '/items/0/a~1b', 'is not a known field'],
    [
      'metadata that are a text',
      [{ variables: {}, metadata: '' }],
      '/items/0/metadata',
      'must be a JSON object or null',
    ],
    [
      'an empty id',
      [{ variables: {}, external_id: '' }],
      '/items/0/external_id',
      'must be a string of 1 to 255 characters',
    ],
    [
      'an id that is a number',
      [{ variables: {}, external_id: 7 }],
      '/items/0/external_id',
      'must be a string of 1 to 255 characters',
    ],
    [
      'a long id',
      [{ variables: {}, external_id: 'a'.repeat(256) }],
      '/items/0/external_id',
      'must be a string of 1 to 255 characters',
    ],
    [
      'an id that comes twice',
      [{ variables: {}, external_id: 'a' }, { variables: {} }, { variables: { x: 1 }, external_id: 'a' }],
      '/items/2/external_id',
      'is the external_id of item 0 too',
    ],
    [
      'an item over 1 MiB',
      [{ variables: { x: 'x'.repeat(1024 * 1024) } }],
      '/items/0',
      'is larger than 1048576 bytes',
    ],
  ])('refuses %s', (_, items, pointer, message) => {
    expect(faultsOf(items)).toEqual([{ pointer, message }]);
  });

  it('takes an id of 255 characters, whatever they are written with', () => {
    expect(faultsOf([{ variables: {}, external_id: '😀'.repeat(255) }])).toEqual([]);
  });

  it('names each fault, a hundred at most', () => {
    expect(faultsOf(Array.from({ length: 300 }, () => ({ variables: 1, expected: 1 })))).toHaveLength(100);
  });

  it('says which variables do not fit the schema, and reads on', () => {
    const check: VariablesCheck = ({ x }) => (x === 1 ? [] : [{ pointer: '/x', message: 'must be 1' }]);
    const { items, misfits } = read('[{"variables":{"x":2}},{"variables":{"x":1}},{"variables":{}}]', check);
    expect(items).toHaveLength(3);
    expect(misfits).toEqual([
      { pointer: '/items/0/variables/x', message: 'must be 1' },
      { pointer: '/items/2/variables/x', message: 'must be 1' },
    ]);
  });
});
