import { LedgerError } from '../../../kernel/index.js';
import { startHttpTestApp, thrown, type HttpTestApp } from '../server/http.testkit.js';
import { problemAnswer, RawAnswer } from '../index.js';

describe('RawAnswer', () => {
  let app: HttpTestApp;
  beforeAll(async () => {
    app = await startHttpTestApp();
  });
  afterAll(() => app.stop());

  it('goes out of a controller with its own status, headers and bytes', async () => {
    const response = await fetch(`${app.url}/v1/raw-answer`, { method: 'POST' });
    expect(response.status).toBe(202);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('content-length')).toBe('25');
    expect(response.headers.get('location')).toBe('/v1/things/x');
    expect(response.headers.get('x-request-id')).not.toBeNull();
    expect(await response.text()).toBe('{"big": 9007199254740993}');
  });

  it('of 204 has neither body nor length', async () => {
    const response = await fetch(`${app.url}/v1/no-content`, { method: 'POST' });
    expect(response.status).toBe(204);
    expect(response.headers.get('content-length')).toBeNull();
    expect(await response.text()).toBe('');
  });

  it('takes further headers without changing the one it was made of', () => {
    const first = RawAnswer.json(200, '{}');
    const replay = first.with({ 'Idempotency-Replayed': 'true' });
    expect(replay).toEqual(
      new RawAnswer(200, { ...first.headers, 'Idempotency-Replayed': 'true' }, first.body),
    );
    expect(first.headers).not.toHaveProperty('Idempotency-Replayed');
  });

  it('of a problem is byte for byte what the filter writes for the error', async () => {
    const error = new LedgerError({
      code: 'PROVIDER_FAILED',
      status: 502,
      title: 'The provider failed',
      detail: 'Naïve clients read this as UTF-8.',
      errors: [{ pointer: '/a', message: 'is "quoted"' }],
      extensions: { attempts: 2 },
      headers: { 'Retry-After': '3' },
    });
    thrown.value = error;
    const response = await fetch(`${app.url}/v1/throw?x=1`, { method: 'POST' });
    const answer = problemAnswer(error, '/v1/throw');
    expect(response.status).toBe(answer.status);
    for (const [name, value] of Object.entries(answer.headers))
      expect(response.headers.get(name)).toBe(value);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(answer.body));
  });
});
