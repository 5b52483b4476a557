import { type ApiBody, type ApiResponse } from '../../support/api-client.js';
import { type StreamEvent, EventStreamClient } from '../../support/event-stream-client.js';
import type { Behaviour } from '../../fakes/vendors/openai-server.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import {
  ADMIN_KEY,
  ANY_ID,
  ANY_TIME,
  type Execution,
  expectProblem,
  getExecution,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
} from '../stage.js';

const STREAM = '/v1/executions:stream';
const SLOW_ECHO = { provider: 'echo', model_name: 'echo-stream-5ms' };

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  await stage.admin.put('/v1/models/echo/echo-stream-5ms', { max_tokens: null, supports_streaming: true });
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: OPENAI };
let keys = 0;
const newKey = () => ({ 'idempotency-key': `stream-${(keys += 1)}` });

function open(more: ApiBody = {}, headers: Record<string, string> = {}, url = stage.ledger.url) {
  return EventStreamClient.open(url, { ...body, ...more }, { apiKey: ADMIN_KEY, headers });
}

async function eventsOf(more: ApiBody = {}, headers: Record<string, string> = {}): Promise<StreamEvent[]> {
  return (await open(more, headers)).readAll();
}

/** Opens a stream whose head may never arrive, so a correlation id finds its execution. */
function openUnanswered(more: ApiBody = {}) {
  const correlationId = `unanswered-${(keys += 1)}`;
  const leaving = new AbortController();
  void fetch(`${stage.ledger.url}${STREAM}`, {
    method: 'POST',
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, ...more, correlation_id: correlationId }),
    signal: leaving.signal,
  }).catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  return {
    leave: () => leaving.abort(),
    find: async () => {
      const { body: page } = await stage.admin.get<{ executions: { execution_id: string }[] }>(
        `/v1/executions?correlation_id=${correlationId}`,
      );
      return getExecution(stage.admin, page.executions[0]?.execution_id ?? '');
    },
  };
}

/** Returns a refusal, which is not a stream. */
async function refusalOf(more: ApiBody, headers: Record<string, string> = {}): Promise<ApiResponse<ApiBody>> {
  const { response } = await open(more, headers);
  return {
    status: response.status,
    headers: response.headers,
    body: JSON.parse(await response.text()) as ApiBody,
  };
}

const namesOf = (events: readonly StreamEvent[]) => events.map(({ event }) => event);
const textOf = (events: readonly StreamEvent[]) =>
  events
    .filter(({ event }) => event === 'delta')
    .map(({ data }) => data['text'])
    .join('');
const idOf = (event: StreamEvent | null | undefined) => String(event?.data['execution_id']);
const executionOf = (events: readonly StreamEvent[]): Promise<Execution> =>
  getExecution(stage.admin, idOf(events[0]));
const pieces = (count: number) => Array.from({ length: count }, (_, index) => `piece-${index} `);

describe('a stream', () => {
  it.each([
    ['of a vendor', OPENAI, 'You said: Hello Ada'],
    ['of the echo', SLOW_ECHO, 'Hello Ada'],
  ])('%s is an execution, its pieces, and what :run answers', async (_whose, model, text) => {
    const stream = await open({ model, correlation_id: 'c-1' });
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');

    const events = await stream.readAll();

    expect(namesOf(events)).toEqual([
      'execution',
      ...Array.from({ length: events.length - 2 }, () => 'delta'),
      'done',
    ]);
    expect(events.length).toBeGreaterThan(3);
    expect(events[0]?.data).toEqual({
      execution_id: ANY_ID,
      status: 'running',
      mode: 'sync',
      prompt_name: 'greeting',
      version_number: 1,
      checksum_hash: expect.any(String) as string,
      environment: 'default',
      resolved_by: 'active',
      model,
      created_at: ANY_TIME,
    });
    expect(textOf(events)).toBe(text);
    const done = events.at(-1)?.data as ApiBody;
    expect(done).toMatchObject({ ...events[0]?.data, status: 'succeeded', response_text: text });
    const run = await stage.admin.post('/v1/executions:run', { ...body, model, correlation_id: 'c-1' });
    expect(Object.keys(done)).toEqual(Object.keys(run.body));
    const kept = await executionOf(events);
    expect(kept).toMatchObject({ ...done, streamed: true });
    expect(kept.attempts).toHaveLength(1);
  });

  it('is on record before it begins, and whole before its end is told', async () => {
    const look = async (id: string) =>
      stage.sql(
        `SELECT e.status, a.status AS attempt, o.response_text AS text FROM executions_all e
         JOIN execution_attempts_all a USING (execution_id) LEFT JOIN execution_outputs o USING (execution_id)
         WHERE execution_id = $1`,
        [id],
      );
    stage.openai.behave({ kind: 'answer', pieces: pieces(5), pieceDelayMs: 200 });
    const stream = await open();
    const id = idOf(await stream.until('execution'));
    expect(await look(id)).toEqual([{ status: 'running', attempt: 'dispatched', text: null }]);
    await stream.until('done');
    expect(await look(id)).toEqual([{ status: 'succeeded', attempt: 'succeeded', text: pieces(5).join('') }]);
  });

  it('records how long the first piece took, and not the last', async () => {
    stage.openai.behave({ kind: 'answer', pieces: pieces(10), pieceDelayMs: 30 });
    const events = await eventsOf();
    const telemetry = events.at(-1)?.data['telemetry'] as Record<string, number>;
    const { time_to_first_token_ms: first, latency_ms: whole } = telemetry;
    expect(first).toEqual(expect.any(Number));
    // Nine more pieces arrived 30 ms apart.
    expect((whole ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(200);
    const kept = await executionOf(events);
    expect(kept).toMatchObject({ telemetry });
    expect(kept.attempts[0]).toMatchObject({ time_to_first_token_ms: first });
  });

  it('has calls of tools as they come', async () => {
    const tools = [
      { type: 'function', function: { name: 'search', parameters: { type: 'object' } } },
      { type: 'function', function: { name: 'open' } },
    ];
    await putPrompt(stage.admin, 'tooled', 'Find {{name}}', { tools });
    const toolCalls = [
      { name: 'search', arguments: '{"q":"Ada Lovelace"}' },
      { name: 'open', arguments: '{}' },
    ];
    stage.openai.behave({ kind: 'answer', text: 'Looking. ', toolCalls });

    const events = await eventsOf({ prompt_name: 'tooled' });

    const calls: { id?: string; name?: string; arguments: string }[] = [];
    for (const { data } of events.filter(({ event }) => event === 'delta')) {
      for (const part of (data['tool_calls'] ?? []) as { index: number; arguments: string }[]) {
        const { index, ...call } = part;
        const known = calls[index];
        if (known === undefined) calls[index] = call;
        else known.arguments += part.arguments;
      }
    }
    expect(textOf(events)).toBe('Looking. ');
    expect(calls).toMatchObject(toolCalls);
    const done = events.at(-1)?.data;
    expect(done).toMatchObject({ tool_calls: calls, finish_reason: 'tool_calls' });
    expect(await executionOf(events)).toMatchObject({ tool_calls: calls });
  });

  it('cuts no character in two, however the bytes come', async () => {
    const text = 'Grüße, 世界 👩‍👩‍👧‍👦 \u{10FFFF} naïve';
    stage.openai.behave({ kind: 'answer', pieces: [text, text], packetBytes: 1 });
    const events = await eventsOf();
    expect(textOf(events)).toBe(text + text);
    expect(textOf(events)).not.toContain('\uFFFD');
    expect(events.at(-1)?.data).toMatchObject({ response_text: text + text });
  });

  it('is sent as it is to whoever takes compressed answers', async () => {
    const stream = await open({}, { 'accept-encoding': 'gzip, br', accept: 'text/event-stream' });
    expect(stream.response.headers.get('content-encoding')).toBeNull();
    expect(namesOf(await stream.readAll()).at(-1)).toBe('done');
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('is not to be had by %s', async (method) => {
    const answer = await fetch(`${stage.ledger.url}${STREAM}`, {
      method,
      headers: { 'x-api-key': ADMIN_KEY },
    });
    expect([404, 405]).toContain(answer.status);
    await answer.text();
  });
});

describe('what is refused before there is an execution', () => {
  let crowded: LedgerProcess;
  beforeAll(async () => {
    crowded = await startLedger({ env: { ...stage.env, WORKER: 'off', MAX_CONCURRENT_STREAMS: '1' } });
    await putPrompt(stage.admin, 'poor', 'Hello {{name}}');
    const budget = { name: 'none', scope: 'prompt', scope_value: 'poor', period: 'total', limit_usd: '0' };
    const made = await stage.admin.post('/v1/budgets', budget);
    if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  });
  afterAll(() => crowded.stop());

  it.each<[number, string, ApiBody]>([
    [400, 'VALIDATION_FAILED', { model: 7 }],
    [400, 'VALIDATION_FAILED', { params: { top_k: 3 } }],
    [404, 'PROMPT_NOT_FOUND', { prompt_name: 'nobody' }],
    [404, 'MODEL_NOT_FOUND', { model: 'openai/nobody' }],
    [422, 'TEMPLATE_VARIABLES_MISSING', { variables: {} }],
    [402, 'BUDGET_EXCEEDED', { prompt_name: 'poor' }],
  ])('is a problem of %i %s', async (status, code, more) => {
    const before = await stage.sql('SELECT count(*) FROM executions_all');
    expectProblem(await refusalOf(more), status, code);
    expect(await stage.sql('SELECT count(*) FROM executions_all')).toEqual(before);
    expect(stage.openai.requests).toHaveLength(0);
  });

  it('is a problem of 429 when there are enough streams', async () => {
    stage.openai.behave({ kind: 'hang', at: 'body' });
    const first = await open({}, {}, crowded.url);
    await first.until('execution');
    const second = await open({}, {}, crowded.url);
    expect(second.response.status).toBe(429);
    expect(JSON.parse(await second.response.text())).toMatchObject({ code: 'QUEUE_FULL' });
    first.leave();
    stage.openai.behave({ kind: 'answer' });
    await eventually(async () => {
      const third = await open({}, {}, crowded.url);
      return third.response.status === 200 && namesOf(await third.readAll()).at(-1) === 'done';
    });
  });
});

describe('a failure of the provider', () => {
  it('before the first piece is tried again', async () => {
    stage.openai.behave(({ number }) => (number === 1 ? { kind: 'error', status: 500 } : { kind: 'answer' }));
    const events = await eventsOf();
    expect(namesOf(events).filter((name) => name !== 'delta')).toEqual(['execution', 'done']);
    expect(textOf(events)).toBe('You said: Hello Ada');
    const kept = await executionOf(events);
    expect(kept.attempts).toMatchObject([
      { attempt: 1, status: 'failed', error_type: 'provider_error' },
      { attempt: 2, status: 'succeeded' },
    ]);
  });

  it.each<[string, Behaviour, string, number, ApiBody]>([
    ['500', { kind: 'error', status: 500 }, 'PROVIDER_FAILED', 2, { provider_status: 500 }],
    ['400', { kind: 'error', status: 400 }, 'PROVIDER_REJECTED', 1, { provider_status: 400 }],
    [
      'a line cut at its start',
      { kind: 'cut', at: 'start' },
      'PROVIDER_FAILED',
      2,
      { provider_status: null },
    ],
    ['garbage', { kind: 'raw', body: 'data: {"gar\n\n' }, 'PROVIDER_FAILED', 2, { provider_status: null }],
  ])('of %s before any piece is an ordinary answer', async (_what, behaviour, code, attempts, more) => {
    stage.openai.behave(behaviour);
    const answer = await refusalOf({});
    expectProblem(answer, 502, code);
    expect(answer.body).toMatchObject({ ...more, attempts, execution_id: ANY_ID, instance: STREAM });
    const kept = await getExecution(stage.admin, String(answer.body['execution_id']));
    expect(kept).toMatchObject({ status: 'failed', streamed: true, response_text: null });
    expect(kept.attempts).toHaveLength(attempts);
    expect(stage.openai.requests).toHaveLength(attempts);
  });

  it('brings what :run would answer, headers included', async () => {
    stage.openai.behave({ kind: 'error', status: 429, headers: { 'retry-after': '120' } });
    const streamed = await refusalOf({});
    const run = await stage.admin.post('/v1/executions:run', body);
    const { execution_id: _streamed, instance: _stream, ...problem } = streamed.body;
    expect(run.body).toMatchObject(problem);
    expect(streamed.status).toBe(run.status);
    for (const name of ['retry-after', 'content-type', 'cache-control']) {
      expect([name, streamed.headers.get(name)]).toEqual([name, run.headers.get(name)]);
    }
    expect(streamed.headers.get('retry-after')).toBe('120');
  });

  it('that runs out of time before any piece is a 504', async () => {
    stage.openai.behave({ kind: 'hang', at: 'headers' });
    expectProblem(await refusalOf({ timeout_ms: 300 }), 504, 'PROVIDER_TIMEOUT');
  });

  it.each([
    ['is cut', { kind: 'cut', at: 'body' }, {}, 'PROVIDER_FAILED', 'connection'],
    ['goes silent', { kind: 'hang', at: 'body' }, { timeout_ms: 400 }, 'PROVIDER_TIMEOUT', 'timeout'],
  ] as const)('that %s in the middle is the end', async (_what, behaviour, more, code, errorType) => {
    stage.openai.behave(behaviour);
    const events = await eventsOf(more);
    expect(namesOf(events)).toEqual(['execution', 'delta', 'error']);
    expect(events.at(-1)?.data).toMatchObject({ code, attempts: 1 });
    expect(textOf(events)).not.toBe('');
    const kept = await executionOf(events);
    expect(kept).toMatchObject({
      status: 'failed',
      error_type: errorType,
      response_text: textOf(events),
      telemetry: { time_to_first_token_ms: expect.any(Number) as number, response_tokens: null },
    });
    expect(kept.attempts).toHaveLength(1);
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('makes room for the next model of a list before the first piece', async () => {
    stage.openai.behave({ kind: 'error', status: 503 });
    const events = await eventsOf({ model: [OPENAI, SLOW_ECHO] });
    expect(events[0]?.data).toMatchObject({ model: OPENAI });
    expect(events.at(-1)?.data).toMatchObject({ status: 'succeeded', model: SLOW_ECHO });
    expect(textOf(events)).toBe('Hello Ada');
    expect(await executionOf(events)).toMatchObject({
      model: SLOW_ECHO,
      attempts: [
        { ...OPENAI, status: 'failed' },
        { ...SLOW_ECHO, status: 'succeeded' },
      ],
    });
  });

  it('does not after it: nobody gets half of one answer and half of another', async () => {
    stage.openai.behave({ kind: 'cut', at: 'body' });
    const events = await eventsOf({ model: [OPENAI, SLOW_ECHO] });
    expect(namesOf(events)).toEqual(['execution', 'delta', 'error']);
    expect((await executionOf(events)).attempts).toHaveLength(1);
  });
});

describe('a reader that leaves', () => {
  it('in the middle hangs up on the provider, and the execution says so', async () => {
    stage.openai.behave({ kind: 'answer', pieces: pieces(500), pieceDelayMs: 20 });
    const stream = await open({ max_attempts: 3 });
    const id = idOf(await stream.until('execution'));
    const first = await stream.until('delta');
    expect(stage.openai.requests[0]?.outcome).toBe('open');

    stream.leave();

    await eventually(() => stage.openai.requests[0]?.outcome === 'abandoned');
    await eventually(async () => (await getExecution(stage.admin, id)).status !== 'running');
    const kept = await getExecution(stage.admin, id);
    expect(kept).toMatchObject({
      status: 'canceled',
      error_type: 'client_closed',
      completed_at: ANY_TIME,
      telemetry: { time_to_first_token_ms: expect.any(Number) as number },
      attempts: [{ attempt: 1, status: 'failed', error_type: 'client_closed' }],
    });
    expect(kept.response_text).toMatch(/^piece-0 /);
    expect(kept.response_text?.startsWith(String(first.data['text']))).toBe(true);
    expect(pieces(500).join('')).toContain(kept.response_text);
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('before the first piece leaves no text behind', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const { leave, find } = openUnanswered();
    await eventually(() => stage.openai.requests.length === 1);
    leave();
    await eventually(() => stage.openai.requests[0]?.outcome === 'abandoned');
    await eventually(async () => (await find()).status === 'canceled');
    expect(await find()).toMatchObject({
      error_type: 'client_closed',
      response_text: null,
      telemetry: { time_to_first_token_ms: null },
    });
  });

  it('while another attempt is waited for is not called for again', async () => {
    stage.openai.behave({ kind: 'error', status: 429, headers: { 'retry-after': '1' } });
    const { leave, find } = openUnanswered();
    await eventually(() => stage.openai.requests[0]?.outcome === 'answered');
    leave();
    await eventually(async () => (await find()).status !== 'running');
    const kept = await find();
    // The end of its only call ends the execution.
    expect(kept).toMatchObject({ status: 'failed', error_type: 'rate_limited' });
    expect(stage.openai.requests).toHaveLength(1);
    expect(kept.attempts).toHaveLength(1);
  });
});

describe('a repeated key', () => {
  const countExecutions = () => stage.sql('SELECT count(*) FROM executions_all');

  it('gets the execution, one piece and the first end, byte for byte', async () => {
    const key = newKey();
    const first = await eventsOf({}, key);
    const before = await countExecutions();
    const again = await open({}, key);
    expect(again.response.headers.get('idempotency-replayed')).toBe('true');
    expect(again.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const events = await again.readAll();
    expect(namesOf(events)).toEqual(['execution', 'delta', 'done']);
    expect(events[0]?.text).toBe(first[0]?.text);
    expect(textOf(events)).toBe(textOf(first));
    expect(events.at(-1)?.text).toBe(first.at(-1)?.text);
    expect(await countExecutions()).toEqual(before);
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('of one that broke off gets the problem, as an ordinary answer', async () => {
    const key = newKey();
    stage.openai.behave({ kind: 'cut', at: 'body' });
    const first = await eventsOf({}, key);
    const again = await refusalOf({}, key);
    expectProblem(again, 502, 'PROVIDER_FAILED');
    expect(again.body).toEqual(first.at(-1)?.data);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('of one that failed before any piece gets the same answer', async () => {
    const key = newKey();
    stage.openai.behave({ kind: 'error', status: 400 });
    const first = await refusalOf({}, key);
    stage.openai.behave({ kind: 'answer' });
    const again = await refusalOf({}, key);
    expectProblem(again, 502, 'PROVIDER_REJECTED');
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is in flight while the first is, and canceled after its reader has left', async () => {
    const key = newKey();
    stage.openai.behave({ kind: 'answer', pieces: pieces(500), pieceDelayMs: 20 });
    const stream = await open({}, key);
    const id = idOf(await stream.until('execution'));
    await stream.until('delta');
    const meanwhile = await refusalOf({}, key);
    expectProblem(meanwhile, 409, 'IDEMPOTENCY_IN_FLIGHT');
    expect(meanwhile.body).toMatchObject({ execution_id: id });
    expect(meanwhile.headers.get('retry-after')).toMatch(/^\d+$/);

    stream.leave();

    await eventually(async () => (await getExecution(stage.admin, id)).status === 'canceled');
    const after = await refusalOf({}, key);
    expectProblem(after, 409, 'EXECUTION_CANCELED');
    expect(after.body).toMatchObject({ execution_id: id });
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('is for the same request only, and its own path', async () => {
    const key = newKey();
    await eventsOf({}, key);
    expectProblem(await refusalOf({ variables: { name: 'Bob' } }, key), 422, 'IDEMPOTENCY_KEY_REUSED');
    const run = await stage.admin.post('/v1/executions:run', body, key);
    expect([run.status, run.headers.get('idempotency-replayed')]).toEqual([200, null]);
  });
});
