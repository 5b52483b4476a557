import OpenAI, { APIError } from 'openai';
import type { ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { ADMIN_KEY, getExecution, type Stage, startStage } from '../stage.js';

const PATH = '/openai/v1/chat/completions';
const BODY = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hello there' }] };

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const clientOf = (maxRetries: number) =>
  new OpenAI({ baseURL: `${stage.ledger.url}/openai/v1`, apiKey: ADMIN_KEY, maxRetries });

async function send(more: ApiBody, init: { headers?: Record<string, string>; signal?: AbortSignal } = {}) {
  const { headers = {}, ...others } = init;
  const response = await fetch(stage.ledger.url + PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
    body: JSON.stringify({ ...BODY, ...more }),
    ...others,
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

describe.each<[string, number, Record<string, string>]>([
  ['400', 400, {}],
  ['401, which is about our key', 401, {}],
  ['404', 404, {}],
  ['409', 409, {}],
  ['429', 429, { 'retry-after': '1' }],
  ['500', 500, {}],
  ['503', 503, { 'retry-after': '2' }],
])('a vendor that answers %s before anything was sent', (_what, status, headers) => {
  beforeEach(() => stage.openai.behave({ kind: 'error', status, headers }));

  it('is answered in a stream as without one', async () => {
    const [streamed, whole] = [await send({ stream: true }), await send({})];
    expect(streamed.status).toBe(whole.status);
    expect(streamed.headers.get('content-type')).toBe('application/json; charset=utf-8');
    for (const name of ['retry-after', 'x-should-retry', 'content-type', 'cache-control']) {
      expect([name, streamed.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
    }
    const problemOf = (text: string) => (JSON.parse(text) as { error: ApiBody }).error;
    const { execution_id: id, ...problem } = problemOf(streamed.text);
    expect(problemOf(whole.text)).toMatchObject(problem);
    expect(streamed.headers.get('x-execution-id')).toBe(id);
    expect(await getExecution(stage.admin, String(id))).toMatchObject({ status: 'failed', streamed: true });
  });

  it('raises in the official client what it raises without a stream', async () => {
    const failureOf = (asked: Promise<unknown>) =>
      asked.then(
        () => 'an answer',
        (error: unknown) => {
          if (!(error instanceof APIError)) throw error;
          const raised = error as APIError<number, Headers>;
          return [raised.constructor.name, raised.status, raised.headers.get('retry-after')];
        },
      );
    const streamed = await failureOf(clientOf(0).chat.completions.create({ ...BODY, stream: true }));
    expect(streamed).toEqual(await failureOf(clientOf(0).chat.completions.create(BODY)));
    expect(streamed).toContain(status === 401 ? 502 : status);
  });
});

it.each([20, 45])(
  'a stream is not kept waiting for a Retry-After of %i s, but told of it',
  async (seconds) => {
    stage.openai.behave({ kind: 'error', status: 429, headers: { 'retry-after': String(seconds) } });
    const answer = await send({ stream: true });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, String(seconds)]);
    expect(stage.openai.requests).toHaveLength(1);
  },
);

it('a stream is tried again by the official client until it succeeds', async () => {
  // The ledger makes two attempts for each try.
  stage.openai.behave(({ number }) => (number <= 2 ? { kind: 'error', status: 500 } : { kind: 'answer' }));
  const chunks = await clientOf(1).chat.completions.create({ ...BODY, stream: true });
  let text = '';
  for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe('You said: Hello there');
  expect(stage.openai.requests).toHaveLength(3);
});

it('a stream that failed is repeated for its key with the same status', async () => {
  const headers = { 'idempotency-key': 'failed-stream' };
  stage.openai.behave({ kind: 'error', status: 400 });
  const first = await send({ stream: true }, { headers });
  stage.openai.behave({ kind: 'answer' });
  const again = await send({ stream: true }, { headers });
  expect([again.status, again.text]).toEqual([first.status, first.text]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(stage.openai.requests).toHaveLength(1);
});

it('who leaves before the head cancels the execution', async () => {
  stage.openai.behave({ kind: 'hang', at: 'start' });
  const leaving = new AbortController();
  const asked = send({ stream: true, user: 'leaver' }, { signal: leaving.signal });
  await eventually(() => stage.openai.requests.length === 1);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  await eventually(() => stage.openai.requests[0]?.outcome === 'abandoned');
  const path = '/v1/executions?correlation_id=leaver';
  await eventually(async () => {
    const { body } = await stage.admin.get<{ executions: ApiBody[] }>(path);
    const [execution] = body.executions;
    return execution?.['status'] === 'canceled' && execution['error_type'] === 'client_closed';
  });
});
