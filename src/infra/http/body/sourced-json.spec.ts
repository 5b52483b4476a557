import { SourcedJson } from './sourced-json.js';

describe('SourcedJson', () => {
  it('writes values as JSON, and texts as they are', () => {
    const json = new SourcedJson(
      { id: 'a"b', none: undefined, nothing: null },
      { variables: '{"10": 1, "2": 9007199254740993}' },
    );
    expect(json.toText()).toBe('{"id":"a\\"b","nothing":null,"variables":{"10": 1, "2": 9007199254740993}}');
  });

  it.each([
    [{}, {}, '{}'],
    [{ a: 1 }, {}, '{"a":1}'],
    [{}, { a: '1e400' }, '{"a":1e400}'],
  ])('of %j and %j is %s', (value, sources, text) => {
    expect(new SourcedJson(value, sources as Record<string, string>).toText()).toBe(text);
  });
});
