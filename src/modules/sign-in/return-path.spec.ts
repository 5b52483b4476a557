import { ValidationError } from '../../kernel/index.js';
import { readReturnPath } from './return-path.js';

const ORIGIN = 'https://ledger.example';

it.each([
  [undefined, '/'],
  ['', '/'],
  ['/', '/'],
  ['/prompts?tag=docs#top', '/prompts?tag=docs#top'],
  ['/a b', '/a%20b'],
  ['/€', '/%E2%82%AC'],
  ['/100%', '/100%'],
  ['/a//b', '/a//b'],
  ['/a?next=//evil.example', '/a?next=//evil.example'],
])('%j leads to %j', (text, path) => {
  expect(readReturnPath(text, ORIGIN)).toBe(path);
});

it.each([
  'https://evil.example',
  'https://ledger.example/a',
  '//evil.example',
  '/\\evil.example',
  '/%5cevil.example',
  '/%2fevil.example',
  '/%252f%252fevil.example',
  '/\t/evil.example',
  '/%09/evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  '/%2e%2e//evil.example',
  'a',
  '?a',
  '\u0000/',
  '/\u202e',
  `/${'a'.repeat(2048)}`,
  `/${'€'.repeat(300)}`,
])('%j is refused', (text) => {
  expect(() => readReturnPath(text, ORIGIN)).toThrow(ValidationError);
});
