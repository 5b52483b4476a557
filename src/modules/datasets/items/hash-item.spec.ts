import { createHash } from 'node:crypto';
import { readJsonText } from '../../../kernel/index.js';
import { hashItem, type ItemContent } from './hash-item.js';

/** Hashes the item as a request carries it, with the text of its numbers. */
function hashOf(json: string): string {
  return hashItem(readJsonText(json, { maxDepth: 64 }).value as ItemContent).toString('hex');
}

function versionOf(hashes: readonly string[]): string {
  const json = `["prompt-ledger/dataset/1",[${[...hashes]
    .sort()
    .map((hash) => `"${hash}"`)
    .join(',')}]]`;
  return createHash('sha256').update(json).digest('hex');
}

describe('the hash of an item', () => {
  it('is the one of the contract, and that of a version is made of it', () => {
    const item = hashOf('{"variables":{"x":"1"}}');
    expect(item).toBe('a692f4a170b9680f7a975db194b7aebcf88804841d63a5cc230055f1280866e0');
    expect(versionOf([item])).toBe('210ee069290521ee51238357407136f6c83b41f4b92d06c78386d6147f4fd177');
  });

  it.each([
    ['white space', '{ "variables" : { "x" : "1" } }'],
    ['escapes that say the same', '{"variables":{"\\u0078":"\\u0031"}}'],
  ])('is the same for %s', (_, json) => {
    expect(hashOf(json)).toBe(hashOf('{"variables":{"x":"1"}}'));
  });

  it('is the same whatever the order of the members, index-like keys among them', () => {
    expect(hashOf('{"variables":{"b":1,"10":2,"9":3},"expected":1.0}')).toBe(
      hashOf('{"expected":1.0,"variables":{"9":3,"b":1,"10":2}}'),
    );
  });

  it.each([
    ['a number from the string', '{"variables":{"x":1}}', '{"variables":{"x":"1"}}'],
    ['numbers that are written in two ways', '{"variables":{"x":1.0}}', '{"variables":{"x":1}}'],
    ['1e2 from 100', '{"variables":{"x":1e2}}', '{"variables":{"x":100}}'],
    [
      'numbers that are one double',
      '{"variables":{"x":12345678901234567890}}',
      '{"variables":{"x":12345678901234567000}}',
    ],
    ['an expected 1.10 from 1.1', '{"variables":{},"expected":1.10}', '{"variables":{},"expected":1.1}'],
    ['null from what is left out', '{"variables":{},"expected":null}', '{"variables":{}}'],
    ['a null variable from none', '{"variables":{"x":null}}', '{"variables":{}}'],
    ['null metadata from none', '{"variables":{},"metadata":null}', '{"variables":{}}'],
    ['a null id from none', '{"variables":{},"external_id":null}', '{"variables":{}}'],
    ['0 from -0', '{"variables":{"x":-0}}', '{"variables":{"x":0}}'],
  ])('tells %s', (_, one, other) => {
    expect(hashOf(one)).not.toBe(hashOf(other));
  });

  it('writes numbers as they came into the JSON that it is made of', () => {
    const expected = createHash('sha256')
      .update('["prompt-ledger/dataset-item/1",{"expected":1.10,"variables":{"a":1E400,"é":"ü"}}]')
      .digest('hex');
    expect(hashOf('{"variables":{"é":"ü","a":1E400},"expected":1.10}')).toBe(expected);
  });
});
