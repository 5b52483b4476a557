import { createHash } from 'node:crypto';
import { finish, readJsonText } from '../../../kernel/index.js';
import { readJsonInSteps } from '../../../kernel/json/reading/json-step-reader.js';
import { readUsedKey } from './idempotency-key.decorator.js';
import { fingerprintRequest } from './used-key.js';

const PATH = '/v1/executions:run';
const LIMITS = { maxDepth: 64, maxValues: 250_000, maxMembers: 10_000 };
const of = (text: string, path = PATH, method = 'POST') =>
  (fingerprintRequest(method, path, readJsonText(text, LIMITS)) as Buffer).toString('hex');
/** Fingerprints a body that is read and hashed in steps. */
const ofLarge = async (text: string) =>
  (await fingerprintRequest('POST', PATH, finish(readJsonInSteps(Buffer.from(text), LIMITS)))).toString(
    'hex',
  );
const BODY = '{"prompt_name": "a", "variables": {"x": 1, "y": [1, 2]}}';

describe('the fingerprint of a request', () => {
  it.each([
    ['white space', '{ "prompt_name":"a",\n"variables":{"x":1,"y":[1,2]}}'],
    ['the order of keys', '{"variables": {"y": [1, 2], "x": 1}, "prompt_name": "a"}'],
    ['how a character is written', '{"prompt_name": "\\u0061", "variables": {"x": 1, "y": [1, 2]}}'],
  ])('does not depend on %s', (_what, text) => {
    expect(of(text)).toBe(of(BODY));
  });

  it.each([
    ['a letter', BODY.replace('"a"', '"b"')],
    ['its case', BODY.replace('"a"', '"A"')],
    ['a number', BODY.replace('1,', '2,')],
    ['how a number is written', BODY.replace('"x": 1,', '"x": 1.0,')],
    ['a type', BODY.replace('"x": 1', '"x": "1"')],
    ['the order of a list', BODY.replace('[1, 2]', '[2, 1]')],
    ['a null that could be left out', BODY.replace('{"p', '{"version_number": null, "p')],
    ['a default that is written out', BODY.replace('{"p', '{"environment": "default", "p')],
    ['the form of a character', BODY.replace('"a"', '"\u00e9"').replace('\u00e9', 'e\u0301')],
  ])('depends on %s', (_what, text) => {
    expect(of(text)).not.toBe(of(BODY));
  });

  it('tells large bodies apart as it does small ones', async () => {
    const filler = Array.from({ length: 5_000 }, (_, index) => `"name_${index}": ${index}`).join(',');
    const body = (id: string, end = '') => `{${end}"id": ${id}, "many": {${filler}}}`;
    expect(await ofLarge(body('1'))).toBe(of(body('1')));
    expect(await ofLarge(body('1', '\n'))).toBe(of(body('1')));
    const written = ['1.1', '1.10', '12345678901234567890', '12345678901234567000'];
    expect(new Set(await Promise.all(written.map((id) => ofLarge(body(id))))).size).toBe(4);
  });

  it('of a large body whose numbers are kept as written is SHA-256 over method, path and text', async () => {
    const text = `{"id":1.10,"filler":"${'x'.repeat(600_000)}"}`;
    const body = finish(readJsonInSteps(Buffer.from(text), LIMITS));
    const made = fingerprintRequest('POST', PATH, body);
    expect(made).toBeInstanceOf(Promise);
    expect(await made).toEqual(createHash('sha256').update(`POST ${PATH} ${text}`).digest());
  });

  it('of any large body is made in steps', () => {
    const body = finish(readJsonInSteps(Buffer.from(BODY), LIMITS));
    expect(fingerprintRequest('POST', PATH, body)).toBeInstanceOf(Promise);
  });

  it('depends on method and path', () => {
    const all = [of(BODY), of(BODY, PATH.replace('run', 'submit')), of(BODY, PATH, 'PUT')];
    expect(new Set(all).size).toBe(3);
  });

  it('is SHA-256 over RFC 8785 JSON', () => {
    // printf '%s' '{"body":{"b":1e+30},"method":"POST","path":"/x"}' | sha256sum
    expect(of('{"b": 1e+30}', '/x')).toBe('9cc7aa6375142cf1ab2d6785ffe6b84c41b45d21512b2a2cdad31d395fdf23a3');
  });
});

describe('a key', () => {
  const keyOf = (header: string | string[] | undefined) =>
    readUsedKey({
      method: 'POST',
      path: PATH,
      header,
      rawHeaders: ['Idempotency-Key', String(header)],
      body: null,
    });

  it('may have a comma, and may not come twice', () => {
    const request = { method: 'POST', path: PATH, header: 'a, a', body: null };
    expect(readUsedKey({ ...request, rawHeaders: ['Idempotency-Key', 'a, a'] })).toMatchObject({
      key: 'a, a',
    });
    const among = ['Accept', 'a', 'Idempotency-Key', 'a, a', 'X-Name', 'idempotency-key'];
    expect(readUsedKey({ ...request, rawHeaders: among })).toMatchObject({ key: 'a, a' });
    const twice = ['Idempotency-Key', 'a', 'Accept', 'a', 'idempotency-KEY', 'a'];
    expect(() => readUsedKey({ ...request, rawHeaders: twice })).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message: 'Send one Idempotency-Key.',
        errors: [{ pointer: '', message: 'the header Idempotency-Key must be sent only once' }],
      }) as Error,
    );
  });

  it('comes with the fingerprint of a large body later', async () => {
    const body = finish(readJsonInSteps(Buffer.from(BODY), LIMITS));
    const read = readUsedKey({ method: 'POST', path: PATH, header: 'a', rawHeaders: [], body });
    expect(read).toBeInstanceOf(Promise);
    expect(await read).toEqual({ route: PATH, key: 'a', fingerprint: Buffer.from(of(BODY), 'hex') });
  });

  it('is optional', () => {
    expect(keyOf(undefined)).toBeNull();
  });

  it.each(['a', 'a b', '"quoted"', '~'.repeat(255)])('may be %j', (header) => {
    expect(keyOf(header)).toMatchObject({ route: PATH, key: header });
  });

  it.each(['', ' ', ' a', 'a ', 'a\tb', 'é', 'a\u00a0b', 'a\0', '~'.repeat(256), ['a', 'b']])(
    'may not be %j',
    (header) => {
      expect(() => keyOf(header)).toThrow(
        expect.objectContaining({
          code: 'VALIDATION_FAILED',
          message: 'Send an Idempotency-Key of 1 to 255 printable ASCII characters.',
          errors: [
            {
              pointer: '',
              message: 'the header Idempotency-Key must have 1 to 255 printable ASCII characters',
            },
          ],
        }) as Error,
      );
    },
  );
});
