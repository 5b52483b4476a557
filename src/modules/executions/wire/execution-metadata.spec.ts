import 'reflect-metadata';
import { ContractValidationPipe } from '../../../infra/http/index.js';
import type { ErrorEntry, ValidationError } from '../../../kernel/index.js';
import { metadataOrNull } from './execution-metadata.js';
import { ExecutionEntryDto } from './execute.dto.js';
import { ListExecutionsQueryDto } from '../reads/list-executions.dto.js';

const pipe = new ContractValidationPipe();

function read(type: 'body' | 'query', value: unknown): unknown {
  const metatype = type === 'body' ? ExecutionEntryDto : ListExecutionsQueryDto;
  return (pipe.transform(value, { type, metatype }) as { metadata?: unknown }).metadata;
}

function faultsOf(type: 'body' | 'query', value: unknown): readonly ErrorEntry[] {
  try {
    read(type, value);
  } catch (error) {
    return (error as ValidationError).errors ?? [];
  }
  return [];
}

const pairs = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));

describe('metadata in a body', () => {
  it.each([
    [{}],
    [null],
    [pairs(16)],
    [{ ['k'.repeat(64)]: 'v'.repeat(512) }],
    // The limits count characters, not UTF-16 units. Each of these has two.
    [{ ['😀'.repeat(64)]: '😀'.repeat(512) }],
    [{ 'a.b[c]': '', constructor: 'x', ' ': '\n' }],
  ])('is taken: %j', (metadata) => {
    expect(read('body', { metadata })).toEqual(metadata);
  });

  it.each([
    ['a text', 'must be an object of texts'],
    [['a'], 'must be an object of texts'],
    [7, 'must be an object of texts'],
    [pairs(17), 'must have at most 16 members, and has 17'],
    [{ '': 'v' }, 'must not have an empty key'],
    [{ ['k'.repeat(65)]: 'v' }, `must have keys of at most 64 characters; "${'k'.repeat(20)}…" is longer`],
    [{ n: 7 }, 'must be an object of texts; the value of "n" is none'],
    [{ n: null }, 'must be an object of texts; the value of "n" is none'],
    [{ n: { a: 'b' } }, 'must be an object of texts; the value of "n" is none'],
    [{ 'a\n': 'v'.repeat(513) }, 'must have values of at most 512 characters; that of "a\\n" is longer'],
    [{ a: '😀'.repeat(513) }, 'must have values of at most 512 characters; that of "a" is longer'],
  ])('is refused: %j', (metadata, message) => {
    expect(faultsOf('body', { metadata })).toEqual([{ pointer: '/metadata', message }]);
  });

  it.each([
    [undefined, null],
    [null, null],
    [{}, null],
    [{ a: '' }, { a: '' }],
  ])('%j is kept as %j', (metadata, kept) => {
    expect(metadataOrNull(metadata as Record<string, string>)).toEqual(kept);
  });
});

describe('metadata in a query', () => {
  it.each<[Record<string, string>, Record<string, string>]>([
    [{ 'metadata[user]': 'u' }, { user: 'u' }],
    [
      { 'metadata[user]': 'u', 'metadata[plan]': '' },
      { user: 'u', plan: '' },
    ],
    [{ 'metadata[a.b]': 'x=y&z' }, { 'a.b': 'x=y&z' }],
    // Everything up to the last bracket is the key.
    [
      { 'metadata[a[0]]': 'x', 'metadata[b]]': 'y' },
      { 'a[0]': 'x', 'b]': 'y' },
    ],
    [{ 'metadata[constructor]': 'x' }, { constructor: 'x' }],
  ])('%j is %j', (query, metadata) => {
    expect(read('query', query)).toEqual(metadata);
  });

  it.each<[Record<string, unknown>, string, string]>([
    [{ metadata: 'user' }, '/metadata', 'must name its key, as in metadata[user]=4711'],
    [{ 'metadata[]': 'u' }, '/metadata', 'must not have an empty key'],
    [{ 'metadata[a]': ['1', '2'] }, '/metadata', 'must name each key once; "a" is there 2 times'],
    [{ 'metadata[a]': 'x\0' }, '/metadata', 'holds a NUL character'],
    [{ 'metadata[\0]': 'x' }, '/metadata', 'holds a NUL character'],
    [{ 'metadata[a': 'x' }, '/metadata[a', 'is not a known query parameter'],
    [{ 'metadata.a': 'x' }, '/metadata.a', 'is not a known query parameter'],
    [{ 'meta[a]': 'x' }, '/meta[a]', 'is not a known query parameter'],
    [{ 'limit[a]': '1' }, '/limit[a]', 'is not a known query parameter'],
  ])('%j is refused', (query, pointer, message) => {
    expect(faultsOf('query', query)).toContainEqual({ pointer, message });
  });

  it('has its limits, too', () => {
    const query = Object.fromEntries(Object.entries(pairs(17)).map(([key, v]) => [`metadata[${key}]`, v]));
    expect(faultsOf('query', query)).toHaveLength(1);
  });
});
