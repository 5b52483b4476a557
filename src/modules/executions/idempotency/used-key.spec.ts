import { usedKeyOf } from './idempotency-key.decorator.js';
import { fingerprintOf } from './used-key.js';

const PATH = '/v1/executions:run';
const of = (text: string, path = PATH, method = 'POST') =>
  fingerprintOf(method, path, JSON.parse(text)).toString('hex');
const BODY = '{"prompt_name": "a", "variables": {"x": 1, "y": [1, 2]}}';

describe('the fingerprint of a request', () => {
  it.each([
    ['white space', '{ "prompt_name":"a",\n"variables":{"x":1,"y":[1,2]}}'],
    ['the order of keys', '{"variables": {"y": [1, 2], "x": 1}, "prompt_name": "a"}'],
    ['how a number is written', '{"prompt_name": "a", "variables": {"x": 1.0e0, "y": [1, 2]}}'],
    ['how a character is written', '{"prompt_name": "\\u0061", "variables": {"x": 1, "y": [1, 2]}}'],
  ])('does not depend on %s', (_what, text) => {
    expect(of(text)).toBe(of(BODY));
  });

  it.each([
    ['a letter', BODY.replace('"a"', '"b"')],
    ['its case', BODY.replace('"a"', '"A"')],
    ['a number', BODY.replace('1,', '2,')],
    ['a type', BODY.replace('"x": 1', '"x": "1"')],
    ['the order of a list', BODY.replace('[1, 2]', '[2, 1]')],
    ['a null that could be left out', BODY.replace('{"p', '{"version_number": null, "p')],
    ['a default that is written out', BODY.replace('{"p', '{"environment": "default", "p')],
    ['the form of a character', BODY.replace('"a"', '"\u00e9"').replace('\u00e9', 'e\u0301')],
  ])('depends on %s', (_what, text) => {
    expect(of(text)).not.toBe(of(BODY));
  });

  it('depends on method and path', () => {
    const all = [of(BODY), of(BODY, PATH.replace('run', 'submit')), of(BODY, PATH, 'PUT')];
    expect(new Set(all).size).toBe(3);
  });

  it('is SHA-256 over RFC 8785 JSON', () => {
    // printf '%s' '{"body":{"b":1e+30},"method":"POST","path":"/x"}' | sha256sum
    expect(of('{"b": 1E30}', '/x')).toBe('9cc7aa6375142cf1ab2d6785ffe6b84c41b45d21512b2a2cdad31d395fdf23a3');
  });
});

describe('a key', () => {
  const keyOf = (header: string | string[] | undefined) =>
    usedKeyOf({
      method: 'POST',
      path: PATH,
      header,
      rawHeaders: ['Idempotency-Key', String(header)],
      body: {},
    });

  it('may have a comma, and may not come twice', () => {
    const request = { method: 'POST', path: PATH, header: 'a, a', body: {} };
    expect(usedKeyOf({ ...request, rawHeaders: ['Idempotency-Key', 'a, a'] })).toMatchObject({ key: 'a, a' });
    const twice = ['Idempotency-Key', 'a', 'Accept', 'a', 'idempotency-KEY', 'a'];
    expect(() => usedKeyOf({ ...request, rawHeaders: twice })).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error,
    );
  });

  it('is optional', () => {
    expect(keyOf(undefined)).toBeNull();
  });

  it.each(['a', 'a b', '"quoted"', '~'.repeat(255)])('may be %j', (header) => {
    expect(keyOf(header)).toMatchObject({ route: PATH, key: header });
  });

  it.each(['', ' ', ' a', 'a ', 'a\tb', 'é', 'a\u00a0b', 'a\0', '~'.repeat(256)])(
    'may not be %j',
    (header) => {
      expect(() => keyOf(header)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error);
    },
  );
});
