import { broken, fakeFetch, json, problem, refused, silent, type Step } from '../../fake-fetch.testkit.js';
import {
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  toConnection,
  NotFoundError,
  OutcomeUnknownError,
  PromptLedgerError,
  ProviderError,
  RateLimitError,
  ServerError,
  TimeoutError,
  Transport,
  UnavailableError,
  UnprocessableError,
  VERSION,
} from '../index.js';
import { randomId } from '../random-id.js';
import { readRetryAfterMs, waitBefore } from '../waiting.js';
import type * as waitingModule from '../waiting.js';

// Real waits would be hundreds of milliseconds each. Steps say `Retry-After: 0`, and broken connections wait this long.
jest.mock('../waiting.js', () => {
  const waiting = jest.requireActual<typeof waitingModule>('../waiting.js');
  return { ...waiting, waitBefore: (retry: number, asked: number | null) => asked ?? retry };
});

function transportWith(...steps: Step[]) {
  const { fetch, requests } = fakeFetch(...steps);
  const connection = toConnection({ baseUrl: 'http://ledger.test/', apiKey: 'k', fetch });
  return { transport: new Transport(connection), requests };
}

const cutOff: Step = () => new Response(new ReadableStream({ start: (c) => c.error(new Error('cut')) }));

async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('It did not fail.'),
    (error: unknown) => error,
  );
}

describe('a call', () => {
  it('carries the key, JSON, and who is calling', async () => {
    const { transport, requests } = transportWith(json({ ok: true }));
    expect(await transport.put('/v1/things/a', { x: 1, left_out: undefined })).toEqual({ ok: true });
    expect(requests).toMatchObject([{ method: 'PUT', path: '/v1/things/a', body: { x: 1 } }]);
    expect(Object.fromEntries(requests[0]!.headers)).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': `prompt-ledger-client/${VERSION}`,
      'x-api-key': 'k',
    });
  });

  it('gives the raw answer when asked', async () => {
    const { transport } = transportWith(json({ ok: true }, 202, { 'x-request-id': 'r-1' }));
    const { data, response, body } = await transport.get('/v1/things').withResponse();
    expect(data).toEqual({ ok: true });
    expect(response.status).toBe(202);
    expect(response.headers.get('x-request-id')).toBe('r-1');
    expect(body).toBe('{"ok":true}');
  });

  it('rejects once when the raw answer was asked for, and nobody else has to catch it', async () => {
    const { transport } = transportWith(problem(404, 'THING_NOT_FOUND'));
    expect(await failureOf(transport.get('/v1/things').withResponse())).toBeInstanceOf(NotFoundError);
  });

  it('writes a query without what is not set', async () => {
    const { transport, requests } = transportWith(json({}));
    await transport.get('/v1/x', { a: 'b c', at: new Date(0), n: 0, no: undefined, nil: null });
    expect(requests[0]?.path).toBe('/v1/x?a=b+c&at=1970-01-01T00%3A00%3A00.000Z&n=0');
  });

  it('gives nothing for an answer without a body', async () => {
    const { transport } = transportWith(() => new Response(null, { status: 204 }));
    expect(await transport.delete('/v1/x')).toBeUndefined();
  });

  it('says so when something else than a ledger answers', async () => {
    const { transport } = transportWith(() => new Response('<html>', { status: 200 }));
    expect(await failureOf(transport.get('/v1/x'))).toMatchObject({ code: 'ANSWER_UNREADABLE' });
  });
});

const KEYED = '/v1/executions:run';

describe('idempotency', () => {
  it('has one key for all tries of a POST, and another for the next', async () => {
    const { transport, requests } = transportWith(broken, problem(503, 'DATABASE_UNAVAILABLE'), json({}));
    await transport.post(KEYED, {});
    await transport.post(KEYED, {});
    const keys = requests.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toHaveLength(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('takes the key of the caller, and sends none where the ledger keeps none', async () => {
    const { transport, requests } = transportWith(json({}));
    await transport.post(KEYED, {}, { idempotencyKey: 'mine' });
    await transport.get('/v1/x');
    await transport.put('/v1/x', {});
    await transport.post('/v1/keys', {});
    await transport.post('/v1/prompts:retire', {});
    const keys = requests.map(({ headers }) => headers.get('idempotency-key'));
    expect(keys).toEqual(['mine', null, null, null, null]);
  });

  it('waits for the first request with the key for as long as there is time, whatever the number of tries', async () => {
    const inFlight = problem(409, 'IDEMPOTENCY_IN_FLIGHT', { execution_id: 'e' });
    const { transport, requests } = transportWith(...Array<Step>(8).fill(inFlight), json({ done: true }));
    expect(await transport.post(KEYED, {}, { maxRetries: 0 })).toEqual({ done: true });
    expect(requests).toHaveLength(9);
  });

  it('makes ids where the page did not come over TLS', () => {
    const { randomUUID } = crypto;
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
    try {
      expect(randomId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    } finally {
      Object.defineProperty(crypto, 'randomUUID', { value: randomUUID, configurable: true });
    }
  });
});

describe('trying again', () => {
  it.each([
    ['a connection that breaks', broken],
    ['an answer that breaks off', cutOff],
    ['408', problem(408, 'REQUEST_TIMEOUT')],
    ['429', problem(429, 'QUEUE_FULL')],
    ['a database that is down', problem(503, 'DATABASE_UNAVAILABLE')],
    [
      'a proxy that finds no ledger',
      () => new Response('', { status: 502, headers: { 'retry-after': '0' } }),
    ],
  ] as [string, Step][])('follows %s', async (_name, step) => {
    const { transport, requests } = transportWith(step, step, json({ ok: true }));
    expect(await transport.get('/v1/x')).toEqual({ ok: true });
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['bad input', problem(400, 'VALIDATION_FAILED')],
    ['a bug', problem(500, 'INTERNAL_ERROR')],
    ['a provider without a key', problem(503, 'PROVIDER_NOT_CONFIGURED')],
    [
      'a final execution, which its key would only give again',
      problem(502, 'PROVIDER_FAILED', { execution_id: 'e' }),
    ],
    [
      'one that is final since a circuit is open',
      problem(503, 'PROVIDER_CIRCUIT_OPEN', { execution_id: 'e' }),
    ],
  ])('does not follow %s', async (_name, step) => {
    const { transport, requests } = transportWith(step);
    expect(await failureOf(transport.post('/v1/x', {}))).toBeInstanceOf(ApiError);
    expect(requests).toHaveLength(1);
  });

  it('ends after so many tries with what the last one said', async () => {
    const { transport, requests } = transportWith(problem(429, 'QUEUE_FULL'));
    expect(await failureOf(transport.get('/v1/x', {}, { maxRetries: 2 }))).toBeInstanceOf(RateLimitError);
    expect(requests).toHaveLength(3);
  });

  it('ends at once when it is asked to wait longer than it has time', async () => {
    const { transport, requests } = transportWith(
      problem(429, 'RATE_LIMITED', {}, { 'retry-after': '3600' }),
    );
    expect(await failureOf(transport.get('/v1/x'))).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
    expect(requests).toHaveLength(1);
  });
});

describe('a lost answer', () => {
  const lost: [string, Step][] = [
    ['a connection that breaks', broken],
    ['an answer that breaks off', cutOff],
    ['a database that is gone, maybe after the commit', problem(503, 'DATABASE_UNAVAILABLE')],
    ['a proxy that gave up', () => new Response('', { status: 504, headers: { 'retry-after': '0' } })],
  ];

  it.each(lost)('is not asked for again where it would happen twice: %s', async (_name, step) => {
    for (const maxRetries of [3, 0]) {
      const { transport, requests } = transportWith(step, json({}));
      const error = await failureOf(transport.post('/v1/keys/k-1:rotate', {}, { maxRetries }));
      expect(error).toBeInstanceOf(OutcomeUnknownError);
      expect(error).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        cause: expect.any(PromptLedgerError) as unknown,
      });
      expect((error as Error).message).toMatch(
        /^It is unknown whether POST \/v1\/keys\/k-1:rotate was carried out\. /,
      );
      expect(requests).toHaveLength(1);
    }
  });

  it.each(lost)('is asked for again where nothing happens twice: %s', async (_name, step) => {
    for (const path of [KEYED, '/v1/prompts/a%2Fb:render', '/v1/executions/e-1:cancel']) {
      const { transport, requests } = transportWith(step, json({ ok: true }));
      expect(await transport.post(path, {})).toEqual({ ok: true });
      expect(requests).toHaveLength(2);
    }
  });

  it.each([
    ['a connection that is refused', refused],
    ['one too many in this minute', problem(429, 'RATE_LIMITED')],
    ['a request that did not arrive as a whole', problem(408, 'REQUEST_TIMEOUT')],
  ] as [string, Step][])('is none after %s, so that everything is sent again', async (_name, step) => {
    const { transport, requests } = transportWith(step, step, json({ ok: true }));
    expect(await transport.post('/v1/keys', {})).toEqual({ ok: true });
    expect(requests).toHaveLength(3);
  });

  it('leaves a first answer that came in full as it is', async () => {
    const { transport } = transportWith(problem(500, 'INTERNAL_ERROR'));
    expect(await failureOf(transport.post('/v1/keys', {}))).toMatchObject({ code: 'INTERNAL_ERROR' });
  });

  it('of a deletion counts as done when the thing is gone then', async () => {
    const { transport, requests } = transportWith(broken, problem(404, 'KEY_NOT_FOUND'));
    expect(await transport.delete('/v1/keys/k-1')).toBeUndefined();
    expect(requests).toHaveLength(2);
  });

  it.each([
    ['was never there', [problem(404, 'KEY_NOT_FOUND')]],
    ['was gone before the first request arrived', [refused, problem(404, 'KEY_NOT_FOUND')]],
    ['a proxy does not find', [broken, () => new Response('', { status: 404 })]],
  ] as [string, Step[]][])('of a deletion is not what %s', async (_name, steps) => {
    const { transport } = transportWith(...steps);
    expect(await failureOf(transport.delete('/v1/keys/k-1'))).toBeInstanceOf(NotFoundError);
  });

  it('is told of when the time is up', async () => {
    const { transport } = transportWith(silent);
    const error = await failureOf(transport.post('/v1/keys', {}, { timeoutMs: 10 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toBe(
      'POST /v1/keys was not over within 10 ms. It may have been carried out all the same: look before you send it again.',
    );
  });
});

describe('waiting', () => {
  const { waitBefore: realWait } = jest.requireActual<typeof waitingModule>('../waiting.js');

  it('is as long as the server asks, else twice as long each time and never the same for all', () => {
    expect(waitBefore(1, 5)).toBe(5);
    expect(realWait(9, 1_234)).toBe(1_234);
    const waits = Array.from({ length: 50 }, () => realWait(3, null));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    expect(new Set(waits).size).toBeGreaterThan(1);
    expect(realWait(30, null)).toBeLessThanOrEqual(8_000);
    expect(realWait(1, 1e15)).toBe(3_600_000);
  });

  it('reads seconds and dates, and nothing from what is neither', () => {
    const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
    const read = (value: string) => readRetryAfterMs(new Headers({ 'retry-after': value, date }));
    expect(read('2')).toBe(2_000);
    expect(read('Thu, 01 Jan 2026 00:00:03 GMT')).toBe(3_000);
    expect(read('Wed, 31 Dec 2025 00:00:00 GMT')).toBe(0);
    for (const neither of ['soon', 'in 5', '5 apples', '-1', '1e9', '2, 3']) expect(read(neither)).toBeNull();
    expect(readRetryAfterMs(new Headers())).toBeNull();
  });
});

describe('an end from outside', () => {
  it('is the reason of the caller’s signal, before and during the call', async () => {
    const { transport, requests } = transportWith(silent);
    expect(await failureOf(transport.get('/v1/x', {}, { signal: AbortSignal.abort('early') }))).toBe('early');
    expect(requests).toHaveLength(0);
    const controller = new AbortController();
    const call = transport.get('/v1/x', {}, { signal: controller.signal });
    controller.abort('enough');
    expect(await failureOf(call)).toBe('enough');
  });

  it('is a TimeoutError when the time is up', async () => {
    const { transport } = transportWith(silent);
    const error = await failureOf(transport.get('/v1/x', {}, { timeoutMs: 10 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ code: 'CLIENT_TIMEOUT', message: 'GET /v1/x was not over within 10 ms.' });
  });
});

describe('errors', () => {
  it.each([
    [401, 'UNAUTHORIZED', AuthenticationError],
    [404, 'PROMPT_NOT_FOUND', NotFoundError],
    [409, 'EXECUTION_FINAL', ConflictError],
    [422, 'TEMPLATE_INVALID', UnprocessableError],
    [500, 'INTERNAL_ERROR', ServerError],
    [502, 'PROVIDER_REJECTED', ProviderError],
    [503, 'PROVIDER_NOT_CONFIGURED', UnavailableError],
    [418, 'TEAPOT', ApiError],
  ])('have a class for %i', async (status, code, Class) => {
    const { transport } = transportWith(
      problem(status, code, { execution_id: 'e-1' }, { 'x-request-id': 'r' }),
    );
    const error = await failureOf(transport.get('/v1/x', {}, { maxRetries: 0 }));
    expect(error).toBeInstanceOf(Class);
    expect(error).toMatchObject({ name: Class.name, code, status, message: `It is ${code}.` });
    expect(error).toMatchObject({ executionId: 'e-1', requestId: 'r', problem: { code } });
    expect(error).toBeInstanceOf(PromptLedgerError);
  });

  it('do without a problem where a proxy answers', async () => {
    const { transport } = transportWith(() => new Response('<html>no</html>', { status: 403 }));
    const error = await failureOf(transport.get('/v1/x'));
    expect(error).toMatchObject({
      code: 'HTTP_403',
      problem: null,
      body: '<html>no</html>',
      executionId: null,
    });
  });

  it('say why no answer came, and never hold the key', async () => {
    const { transport } = transportWith(refused);
    const error = await failureOf(transport.get('/v1/x'));
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).message).toBe(
      'No answer from http://ledger.test: connect ECONNREFUSED 127.0.0.1:8000.',
    );
  });
});
