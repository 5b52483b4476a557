import { startLedger, type LedgerProcess } from '../../support/servers/processes.js';
import { api } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { ageExecutions } from '../../support/rows/execution-rows.js';
import {
  ADMIN_KEY,
  expectProblem,
  getExecution,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const RUN = '/v1/executions:run';

let stage: Stage;
/** Another process on the same database. */
let other: LedgerProcess;
let prompts = 0;

beforeAll(async () => {
  stage = await startStage({ POLL_INTERVAL_MS: '50' });
  other = await startLedger({ env: stage.env });
});
afterAll(async () => {
  await other.stop();
  await stage.close();
});
beforeEach(() => stage.openai.reset());

/** Makes a request that nobody has sent before. */
async function newRequest(more: Record<string, unknown> = {}) {
  prompts += 1;
  const name = `cached-${prompts}`;
  await putPrompt(stage.admin, name, 'Hello {{name}}');
  return { prompt_name: name, variables: { name: 'Ada' }, model: OPENAI, cache: { ttl_s: 60 }, ...more };
}

const run = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  stage.admin.post(RUN, body, headers);

describe('an equal request', () => {
  it('is answered from the first, without a call, at no cost, and says so', async () => {
    const body = await newRequest();
    const first = await run(body);
    expect(first).toMatchObject({ status: 200, body: { cache_hit: false, cached_from: null } });
    const second = await run({ ...body, environment: 'dev', correlation_id: 'another' });
    expect(second).toMatchObject({
      status: 200,
      body: {
        status: 'succeeded',
        cache_hit: true,
        cached_from: first.body['execution_id'],
        response_text: first.body['response_text'],
        response_sha256: first.body['response_sha256'],
        finish_reason: first.body['finish_reason'],
        model: OPENAI,
        environment: 'dev',
        correlation_id: 'another',
        cost_usd: '0',
        cost_pico_usd: '0',
        telemetry: { latency_ms: null, prompt_tokens: expect.any(Number) as number },
      },
    });
    expect(second.body['execution_id']).not.toBe(first.body['execution_id']);
    expect(stage.openai.requests).toHaveLength(1);
    const kept = await getExecution(stage.admin, String(second.body['execution_id']));
    expect(kept).toMatchObject({ ...second.body, attempts: [], variables: { name: 'Ada' } });
  });

  it('is found by every process', async () => {
    const body = await newRequest();
    const first = await run(body);
    const second = await api(other.url, ADMIN_KEY).post(RUN, body);
    expect(second.body).toMatchObject({ cache_hit: true, cached_from: first.body['execution_id'] });
  });

  it.each([
    ['other variables', { variables: { name: 'Grace' } }],
    ['another model', { model: { provider: 'openai', model_name: 'gpt-4o' } }],
    ['a further model', { model: [OPENAI, { provider: 'openai', model_name: 'gpt-4o' }] }],
    ['other params', { params: { temperature: 0.5 } }],
    ['no wish for it', { cache: null }],
  ])('it is not with %s', async (_what, change) => {
    const body = await newRequest();
    await run(body);
    expect((await run({ ...body, ...change })).body).toMatchObject({ cache_hit: false });
    expect(stage.openai.requests).toHaveLength(2);
  });

  it('it is not when the prompt has another version by then, and is again when that is rolled back', async () => {
    const body = await newRequest();
    await run(body);
    await putPrompt(stage.admin, body.prompt_name, 'Good morning {{name}}');
    expect((await run(body)).body).toMatchObject({ cache_hit: false, version_number: 2 });
    await putPrompt(stage.admin, body.prompt_name, 'Hello {{name}}');
    expect((await run(body)).body).toMatchObject({ cache_hit: true, version_number: 1 });
  });

  it('does not depend on the order of its variables', async () => {
    const body = await newRequest({ variables: { name: 'Ada', b: { x: 1, y: 2 } } });
    await run(body);
    const turned = { ...body, variables: { b: { y: 2, x: 1 }, name: 'Ada' } };
    expect((await run(turned)).body).toMatchObject({ cache_hit: true });
  });

  it('gets an answer that is young enough for it', async () => {
    const body = await newRequest();
    const first = await run(body);
    await ageExecutions(stage.owner, 20, String(first.body['execution_id']));
    expect((await run({ ...body, cache: { ttl_s: 30 } })).body).toMatchObject({ cache_hit: true });
    expect((await run({ ...body, cache: { ttl_s: 10 } })).body).toMatchObject({ cache_hit: false });
  });

  it('is not answered from a failure', async () => {
    const body = await newRequest({ max_attempts: 1 });
    stage.openai.behave({ kind: 'error', status: 500 });
    expectProblem(await run(body), 502, 'PROVIDER_FAILED');
    stage.openai.reset();
    expect((await run(body)).body).toMatchObject({ status: 'succeeded', cache_hit: false });
  });

  it('brings calls of tools along', async () => {
    const tools = [{ type: 'function', function: { name: 'find' } }];
    const body = await newRequest();
    await putPrompt(stage.admin, body.prompt_name, 'Find {{name}}', { tools, tool_choice: 'required' });
    const first = await run(body);
    expect(first.body['tool_calls']).toEqual([expect.objectContaining({ name: 'find' })]);
    expect((await run(body)).body).toMatchObject({ cache_hit: true, tool_calls: first.body['tool_calls'] });
  });
});

describe('equal requests at the same time', () => {
  it('make one call, on all processes together', async () => {
    const body = await newRequest();
    stage.openai.behave({ kind: 'answer', text: 'once', delayMs: 300 });
    const clients = [stage.admin, api(other.url, ADMIN_KEY)];
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => (clients[index % 2] as typeof stage.admin).post(RUN, body)),
    );
    expect(answers.map(({ status, body: { response_text: text } }) => [status, text])).toEqual(
      Array(30).fill([200, 'once']),
    );
    expect(stage.openai.requests).toHaveLength(1);
    expect(answers.filter(({ body: { cache_hit: isHit } }) => isHit === false)).toHaveLength(1);
  });

  it('do not all fail with the one that calls', async () => {
    const body = await newRequest({ max_attempts: 1 });
    stage.openai.behave(({ number }) =>
      number === 1 ? { kind: 'error', status: 500 } : { kind: 'answer', text: 'at last', delayMs: 100 },
    );
    const answers = await Promise.all([1, 2, 3, 4].map(() => run(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 502]);
    expect(stage.openai.requests).toHaveLength(2);
  });

  it('wait no longer than they may', async () => {
    const body = await newRequest();
    stage.openai.behave({ kind: 'answer', delayMs: 1500 });
    const first = run(body);
    await eventually(async () => Promise.resolve(stage.openai.requests.length === 1));
    expectProblem(await run({ ...body, timeout_ms: 300 }), 504, 'PROVIDER_TIMEOUT');
    expect((await first).status).toBe(200);
  });
});

describe('a cached answer', () => {
  it('is streamed as one delta', async () => {
    const body = await newRequest();
    const first = await run(body);
    const answer = await fetch(`${stage.ledger.url}/v1/executions:stream`, {
      method: 'POST',
      headers: { 'X-API-Key': ADMIN_KEY, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const events = (await answer.text()).trimEnd().split('\n\n');
    expect(events.map((event) => event.split('\n')[0])).toEqual([
      'event: execution',
      'event: delta',
      'event: done',
    ]);
    expect(events[1]).toContain(JSON.stringify({ text: first.body['response_text'] }));
    expect(JSON.parse(events[2]?.split('data: ')[1] ?? '')).toMatchObject({
      cache_hit: true,
      cached_from: first.body['execution_id'],
    });
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('of a stream is there for those who wait', async () => {
    const body = await newRequest();
    const answer = await fetch(`${stage.ledger.url}/v1/executions:stream`, {
      method: 'POST',
      headers: { 'X-API-Key': ADMIN_KEY, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    await answer.text();
    expect((await run(body)).body).toMatchObject({ cache_hit: true });
  });

  it('ends what is queued at once, and what was queued answers others', async () => {
    const body = await newRequest();
    const first = await untilFinal(stage.admin, await submit(stage.admin, body));
    expect(first).toMatchObject({ status: 'succeeded', cache_hit: false });
    const second = await getExecution(stage.admin, await submit(stage.admin, body));
    expect(second).toMatchObject({
      status: 'succeeded',
      mode: 'async',
      cache_hit: true,
      cached_from: first.execution_id,
      response_text: first.response_text,
    });
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('is the same answer again for a repeated key, and counts once', async () => {
    const body = await newRequest();
    await run(body);
    const headers = { 'Idempotency-Key': 'cached' };
    const [once, again] = [await run(body, headers), await run(body, headers)];
    expect(again.body).toEqual(once.body);
    expect(once.body).toMatchObject({ cache_hit: true });
    const [row] = await stage.sql<{ count: string }>(
      `SELECT count(*) FROM executions_all WHERE cached_from IS NOT NULL AND execution_id = $1`,
      [once.body['execution_id']],
    );
    expect(row).toEqual({ count: '1' });
  });

  it('is not taken where it makes no sense', async () => {
    const { cache, variables, ...batch } = await newRequest();
    expectProblem(
      await stage.admin.post('/v1/executions:submit-batch', { ...batch, entries: [{ variables }], cache }),
      400,
      'VALIDATION_FAILED',
    );
    for (const ttl of [0, -1, 1.5, '60', 1e9]) {
      expectProblem(await run({ ...batch, variables, cache: { ttl_s: ttl } }), 400, 'VALIDATION_FAILED');
    }
  });
});
