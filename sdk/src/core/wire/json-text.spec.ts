import { ConfigurationError, parseJson, toJsonText } from '../index.js';

const cycle: Record<string, unknown> = {};
cycle['self'] = { cycle };
let deep: unknown = 1;
for (let level = 0; level < 600; level += 1) deep = [deep];

describe('the JSON of a body', () => {
  it.each<[string, unknown, string]>([
    ['NaN', { variables: { score: NaN } }, 'variables.score is NaN, which JSON does not have.'],
    ['infinity', { a: [{ b: [1, -Infinity] }] }, 'a[0].b[1] is -Infinity, which JSON does not have.'],
    [
      'a bigint',
      { variables: { order_id: 12345678901234567890n } },
      'variables.order_id is a bigint, which JSON does not have: send it as a string.',
    ],
    ['a bigint in a list', [[1n]], '[0][0] is a bigint, which JSON does not have: send it as a string.'],
    ['undefined in a list', { ids: [1, undefined] }, 'ids[1] is undefined, which JSON does not have.'],
    // eslint-disable-next-line no-sparse-arrays
    ['a hole in a list', { ids: [1, , 2] }, 'ids[1] is undefined, which JSON does not have.'],
    ['a function', { variables: { f: () => 1 } }, 'variables.f is a function, which JSON does not have.'],
    ['a symbol', { s: Symbol('x') }, 's is a symbol, which JSON does not have.'],
    ['a map', { m: new Map([['a', 1]]) }, 'm is a map, which JSON does not have.'],
    ['a set', { m: [new Set([1])] }, 'm[0] is a set, which JSON does not have.'],
    [
      'a promise',
      { variables: { text: Promise.resolve('x') } },
      'variables.text is a promise, which JSON does not have.',
    ],
    ['a cycle', cycle, 'self.cycle contains itself.'],
    ['what toJSON gives', { at: { toJSON: () => NaN } }, 'at is NaN, which JSON does not have.'],
    ['nothing at all', undefined, 'The body is undefined, which JSON does not have.'],
  ])('is refused with the place of %s', (_what, body, message) => {
    expect(() => toJsonText(body)).toThrow(new ConfigurationError(message));
  });

  it('is refused when it is too deep', () => {
    expect(() => toJsonText(deep)).toThrow('is nested deeper than 512 levels');
  });

  it('is what JSON.stringify makes of everything else', () => {
    const shared = { x: [1, 'a', null, true, -0, 1e21] };
    const body = {
      a: shared,
      b: shared,
      left_out: undefined,
      at: new Date(0),
      none: Object.create(null) as object,
    };
    expect(toJsonText(body)).toBe(JSON.stringify(body));
  });

  it.each([
    '{"id":12345678901234567890,"b":[1.10,-0,1E5,1e400],"10":1,"9":2}',
    '[{"parameters":{"maximum":1e400}}]',
  ])('has what came from the ledger character for character: %s', (text) => {
    const value = parseJson(text);
    expect(toJsonText({ content: value })).toBe(`{"content":${text}}`);
  });

  it('is refused where somebody put something bad into what came', () => {
    const value = parseJson('{"id":1.0,"x":{"y":2}}') as { x: Record<string, unknown> };
    value.x['y'] = NaN;
    expect(() => toJsonText({ value })).toThrow('value.x.y is NaN, which JSON does not have.');
  });
});
