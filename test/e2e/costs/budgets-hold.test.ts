import { formatPicoUsd } from '../../../src/kernel/index.js';
import type { Behaviour } from '../../fakes/vendors/openai-server.js';
import type { ApiBody, ApiClient, ApiResponse } from '../../support/api-client.js';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { eventually } from '../../support/eventually.js';
import { emptyQueue } from '../../support/rows/execution-rows.js';
import { startWorker } from '../../support/servers/processes.js';
import { clientWith, otherProject } from '../other-project.js';
import {
  ADMIN_KEY,
  expectProblem,
  getExecution,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const RUN = '/v1/executions:run';
const SUBMIT = '/v1/executions:submit';
const BATCH = '/v1/executions:submit-batch';
/** One micro-dollar for each token of the answer, and nothing for the prompt. */
const MODEL = { provider: 'openai', model_name: 'priced' };
const ASKED = 10;
/** Ten tokens. */
const WHOLE = 'one two three four five six seven eight nine ten';
const WARNING = 'x-budget-warning';

let stage: Stage;

async function price(client: ApiClient, name: string): Promise<void> {
  await client.put(`/v1/models/openai/${name}`, { max_tokens: null, supports_streaming: true });
  const figures = { input_usd_per_mtok: '0', output_usd_per_mtok: '1' };
  const { status } = await client.post('/v1/prices', { ...MODEL, model_name: name, ...figures });
  if (status !== 201) throw new Error(`the price was answered with ${status}`);
}

/** Executions wait until a test starts a worker. */
beforeAll(async () => {
  stage = await startStage({ WORKER: 'off', BUDGET_HOLD_MS: '1000' });
  await price(stage.admin, 'priced');
  await stage.admin.put('/v1/models/openai/unpriced', {});
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());
/** Otherwise the next worker would call for them too. */
afterEach(() => emptyQueue(stage.owner));

const usd = (tokens: number) => formatPicoUsd(BigInt(tokens) * 1_000_000n);
let made = 0;

interface Budget {
  readonly id: string;
  /** The request for its calls. */
  readonly body: ApiBody;
  /** In tokens. */
  standing(): Promise<{ readonly held: number; readonly spent: number }>;
}

/** Makes a new prompt with a budget for this number of tokens. */
async function budgetOf(tokens: number, more: ApiBody = {}): Promise<Budget> {
  const name = `prompt-${(made += 1)}`;
  await putPrompt(stage.admin, name, 'Hello {{name}}');
  const id = await makeBudget({ scope: 'prompt', scope_value: name, limit_usd: usd(tokens), ...more });
  const variables = { name: 'Ada' };
  return {
    id,
    body: { prompt_name: name, variables, model: MODEL, params: { max_new_tokens: ASKED } },
    standing: () => standingOf(id),
  };
}

async function makeBudget(more: ApiBody, client: ApiClient = stage.admin): Promise<string> {
  const answer = await client.post('/v1/budgets', { name: 'b', period: 'total', ...more });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return String(answer.body['budget_id']);
}

async function standingOf(id: string) {
  const [row] = await stage.sql<{ held: number; spent: number }>(
    `SELECT coalesce(sum(held_pico_usd) / 1000000, 0)::float8 AS held, coalesce(sum(spent_pico_usd) / 1000000, 0)::float8 AS spent
     FROM budget_periods WHERE budget_id = $1`,
    [id],
  );
  return row as { held: number; spent: number };
}

const run = (body: ApiBody, headers: Record<string, string> = {}) => stage.admin.post(RUN, body, headers);

function expectRefusal(
  answer: ApiResponse<ApiBody>,
  budgetId: string,
  left: number,
  reason = 'refused',
): void {
  expectProblem(answer, 402, 'BUDGET_EXCEEDED');
  const members = { budget_id: budgetId, budget_name: 'b', remaining_usd: usd(left), reason };
  expect(answer.body).toMatchObject(members);
  expect(answer.body['detail']).toMatch(/^Budget "b" has /);
}

async function withWorker<T>(work: () => Promise<T>): Promise<T> {
  const worker = await startWorker({ env: stage.env });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

const TABLES = [
  'executions',
  'execution_attempts',
  'execution_inputs',
  'idempotency_keys',
  'batches',
  'budget_holds',
];
const counts = () =>
  stage.sql(
    TABLES.map((table) => `SELECT '${table}' AS name, count(*)::int FROM ${table}`).join(' UNION ALL '),
  );

describe('a hard budget', () => {
  it('lets as many calls through as it has money for, and writes nothing of the others', async () => {
    stage.openai.behave({ kind: 'answer', text: WHOLE });
    const budget = await budgetOf(2 * ASKED + 5);
    for (let call = 0; call < 2; call += 1) expect((await run(budget.body)).status).toBe(200);
    const before = await counts();
    for (const path of [RUN, SUBMIT, '/v1/executions:stream']) {
      const key = { 'idempotency-key': `refused by ${path}` };
      expectRefusal(await stage.admin.post(path, budget.body, key), budget.id, 5);
    }
    expect(await counts()).toEqual(before);
    expect(stage.openai.requests).toHaveLength(2);
    expect(await budget.standing()).toEqual({ held: 0, spent: 2 * ASKED });
    // A request that asks for less still fits.
    stage.openai.behave({ kind: 'answer', text: 'five' });
    expect((await run({ ...budget.body, params: { max_new_tokens: 5 } })).status).toBe(200);
  });

  it('leaves the key of a refused request unused', async () => {
    const budget = await budgetOf(ASKED - 1);
    const key = { 'idempotency-key': 'for later' };
    expectRefusal(await run(budget.body, key), budget.id, ASKED - 1);
    await stage.admin.patch(`/v1/budgets/${budget.id}`, { limit_usd: usd(ASKED) });
    const answer = await run(budget.body, key);
    expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, null]);
    const again = await run(budget.body, key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([answer.body, 'true']);
  });

  it('is settled to what the call did cost', async () => {
    const budget = await budgetOf(1000);
    const answer = await run(budget.body);
    expect(answer.body).toMatchObject({ cost_usd: usd(4) });
    expect(await budget.standing()).toEqual({ held: 0, spent: 4 });
    const shown = (await stage.admin.get(`/v1/budgets/${budget.id}`)).body;
    expect(shown).toMatchObject({ spent_usd: usd(4), held_usd: '0', remaining_usd: usd(996) });
  });

  it('decides about calls that come at once as about any others', async () => {
    stage.openai.behave({ kind: 'answer', text: WHOLE, delayMs: 20 });
    const budget = await budgetOf(7 * ASKED);
    const answers = await Promise.all(Array.from({ length: 40 }, () => run(budget.body)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 402)).toHaveLength(33);
    expect(stage.openai.requests).toHaveLength(7);
    expect(await budget.standing()).toEqual({ held: 0, spent: 7 * ASKED });
  });

  it.each(['refuse', 'clamp'])('refuses what nobody can price (%s)', async (on_budget) => {
    const budget = await budgetOf(1000);
    const model = { ...MODEL, model_name: 'unpriced' };
    expectRefusal(await run({ ...budget.body, model, on_budget }), budget.id, 1000, 'unpriced');
    expectRefusal(
      await run({ ...budget.body, model: [MODEL, model], on_budget }),
      budget.id,
      1000,
      'unpriced',
    );
  });

  it('refuses an answer that nothing bounds, unless it may be clamped', async () => {
    const budget = await budgetOf(1000);
    const { params: _, ...unbounded } = budget.body;
    expectRefusal(await run(unbounded), budget.id, 1000, 'unbounded');
    const clamped = await run({ ...unbounded, on_budget: 'clamp' });
    expect(clamped.status).toBe(200);
    expect(stage.openai.requests[0]?.body).toMatchObject({ max_tokens: 1000 });
  });

  it('warns from the half on', async () => {
    stage.openai.behave({ kind: 'answer', text: WHOLE });
    const budget = await budgetOf(5 * ASKED);
    const seen: (string | null)[] = [];
    for (let call = 0; call < 3; call += 1) seen.push((await run(budget.body)).headers.get(WARNING));
    seen.push((await stage.admin.post(SUBMIT, budget.body)).headers.get(WARNING));
    const options = { apiKey: ADMIN_KEY };
    const stream = await EventStreamClient.open(stage.ledger.url, budget.body, options);
    await stream.until('done');
    seen.push(stream.response.headers.get(WARNING));
    const at = (percent: number) => `budget_id=${budget.id}; percent=${percent}; name="b"`;
    expect(seen).toEqual([null, null, at(60), at(80), at(100)]);
  });
});

describe('"on_budget": "clamp"', () => {
  it('brings the answer down to what the money allows, and to nothing less than a token', async () => {
    const budget = await budgetOf(ASKED + 7);
    stage.openai.behave({ kind: 'answer', text: WHOLE });
    const clamp = { ...budget.body, on_budget: 'clamp' };
    const first = await run(clamp);
    stage.openai.behave({ kind: 'answer', text: 'one two three four five six seven' });
    const second = await run(clamp);
    expect(stage.openai.requests.map(({ body }) => body?.['max_tokens'])).toEqual([ASKED, 7]);
    const shown = [first, second].map(({ body }) => getExecution(stage.admin, String(body['execution_id'])));
    expect(await Promise.all(shown)).toMatchObject([
      { on_budget: 'clamp', params: { max_new_tokens: ASKED } },
      { on_budget: 'clamp', params: { max_new_tokens: 7 } },
    ]);
    expectRefusal(await run(clamp), budget.id, 0);
    expect(await budget.standing()).toEqual({ held: 0, spent: ASKED + 7 });
  });

  it('holds for what is queued, too', async () => {
    const budget = await budgetOf(3);
    stage.openai.behave({ kind: 'answer', text: 'a b c' });
    const id = await submit(stage.admin, { ...budget.body, on_budget: 'clamp' });
    const execution = await withWorker(() => untilFinal(stage.admin, id));
    expect(execution).toMatchObject({ status: 'succeeded', params: { max_new_tokens: 3 }, cost_usd: usd(3) });
    expect(stage.openai.requests[0]?.body).toMatchObject({ max_tokens: 3 });
    expect(await budget.standing()).toEqual({ held: 0, spent: 3 });
  });
});

describe('a soft budget', () => {
  it('refuses nothing, and tells', async () => {
    stage.openai.behave({ kind: 'answer', text: WHOLE });
    const budget = await budgetOf(ASKED, { mode: 'soft' });
    for (let call = 1; call <= 3; call += 1) {
      const answer = await run(budget.body);
      expect(answer.status).toBe(200);
      expect(answer.headers.get(WARNING)).toBe(`budget_id=${budget.id}; percent=${call * 100}; name="b"`);
    }
    expect(await budget.standing()).toEqual({ held: 0, spent: 3 * ASKED });
    // It does not refuse calls that cannot be priced or bounded either.
    const model = { ...MODEL, model_name: 'unpriced' };
    expect((await run({ ...budget.body, model, params: {} })).status).toBe(200);
  });
});

describe('what is queued', () => {
  it('is held for from its admission, and given back when it is canceled', async () => {
    const budget = await budgetOf(2 * ASKED);
    const id = await submit(stage.admin, budget.body);
    await submit(stage.admin, budget.body);
    expect(await budget.standing()).toEqual({ held: 2 * ASKED, spent: 0 });
    expectRefusal(await stage.admin.post(SUBMIT, budget.body), budget.id, 0);
    expect((await stage.admin.post(`/v1/executions/${id}:cancel`)).status).toBe(200);
    expect(await budget.standing()).toEqual({ held: ASKED, spent: 0 });
    await submit(stage.admin, budget.body);
  });

  it('keeps its hold however long it waits', async () => {
    const budget = await budgetOf(ASKED);
    const id = await submit(stage.admin, budget.body);
    await eventually(async () => {
      const [row] = await stage.sql<{ is: boolean }>(
        'SELECT expires_at < now() AS is FROM budget_holds WHERE execution_id = $1',
        [id],
      );
      return row?.is === true;
    });
    await stage.sql('SELECT ledger_expire_holds(1000)');
    expect(await budget.standing()).toEqual({ held: ASKED, spent: 0 });
    expectRefusal(await run(budget.body), budget.id, 0);
  });

  it('is admitted in a batch as a whole or not at all', async () => {
    const budget = await budgetOf(3 * ASKED);
    const { variables, ...rest } = budget.body;
    const batch = (entries: number) =>
      stage.admin.post(BATCH, { ...rest, entries: Array.from({ length: entries }, () => ({ variables })) });
    const before = await counts();
    expectProblem(await batch(4), 402, 'BUDGET_EXCEEDED');
    expect(await counts()).toEqual(before);
    expect(await budget.standing()).toEqual({ held: 0, spent: 0 });
    const whole = await batch(3);
    expect([whole.status, whole.headers.get(WARNING)]).toEqual([
      202,
      `budget_id=${budget.id}; percent=100; name="b"`,
    ]);
    expect(await budget.standing()).toEqual({ held: 3 * ASKED, spent: 0 });
    expectRefusal(await run(budget.body), budget.id, 0);
  });
});

/** A success status had arrived, so the vendor bills the tokens, though the answer is unusable. */
const BILLED: readonly (readonly [string, Behaviour])[] = [
  ['was answered by half a document', answered('{"choices": [{"message": {"content": "Hel')],
  ['was answered by another document', answered('{"choices": 7}')],
  [
    'was answered by an error in the body of a success',
    answered('{"error": {"message": "overloaded", "code": 503}}'),
  ],
  ['broke off within its answer', { kind: 'cut', at: 'body' }],
  ['was answered by events that make no sense', { kind: 'raw', body: 'data: {"choices": 7}\n\n' }],
];

function answered(body: string): Behaviour {
  return { kind: 'raw', headers: { 'content-type': 'application/json' }, body };
}

describe('a call that failed', () => {
  it.each([500, 429, 400])('with a %i gives back what was held', async (status) => {
    const budget = await budgetOf(ASKED);
    stage.openai.behave({ kind: 'error', status });
    for (let call = 0; call < 3; call += 1) {
      expect((await run({ ...budget.body, max_attempts: 1 })).status).toBe(502);
      expect(await budget.standing()).toEqual({ held: 0, spent: 0 });
    }
  });

  it('is made again by a budget that has money for one call', async () => {
    const failsFirst = () => {
      let calls = 0;
      stage.openai.behave(() =>
        (calls += 1) === 1 ? { kind: 'error', status: 500 } : { kind: 'answer', text: WHOLE },
      );
    };
    const waited = await budgetOf(ASKED);
    failsFirst();
    expect((await run(waited.body)).status).toBe(200);
    expect(await waited.standing()).toEqual({ held: 0, spent: ASKED });

    const queued = await budgetOf(ASKED);
    failsFirst();
    const id = await submit(stage.admin, queued.body);
    const execution = await withWorker(() => untilFinal(stage.admin, id));
    expect(execution).toMatchObject({
      status: 'succeeded',
      attempts: [{ status: 'failed' }, { status: 'succeeded' }],
    });
    expect(await queued.standing()).toEqual({ held: 0, spent: ASKED });
  });

  it('without anybody knowing what it cost is not made again by such a budget', async () => {
    const budget = await budgetOf(ASKED);
    stage.openai.behave({ kind: 'cut', at: 'start' });
    const answer = await run(budget.body);
    expect(answer.body).toMatchObject({ code: 'PROVIDER_FAILED', attempts: 1 });
    const id = await submit(stage.admin, { ...(await budgetOf(ASKED)).body });
    const execution = await withWorker(() => untilFinal(stage.admin, id));
    expect(execution).toMatchObject({ status: 'failed', error_type: 'budget_exceeded' });
    expect(execution.attempts).toMatchObject([{ attempt: 1, error_type: 'connection' }]);
    expect(stage.openai.requests).toHaveLength(2);
  });

  it.each<[string, (body: ApiBody) => Promise<unknown>]>([
    [
      'timed out',
      async (body) => {
        stage.openai.behave({ kind: 'hang', at: 'start' });
        expect((await run({ ...body, timeout_ms: 300 })).status).toBe(504);
      },
    ],
    ...BILLED.map(([how, behaviour]): [string, (body: ApiBody) => Promise<unknown>] => [
      how,
      async (body) => {
        stage.openai.behave(behaviour);
        // It is not repeated either: there is money for one call, and this one may have cost it.
        const { body: problem } = await run(body);
        expect(problem).toMatchObject({ code: 'PROVIDER_FAILED', attempts: 1 });
        const { attempts } = await getExecution(stage.admin, String(problem['execution_id']));
        expect(attempts).toMatchObject([{ status: 'failed', time_to_first_token_ms: null }]);
      },
    ]),
    [
      'lost its reader',
      async (body) => {
        stage.openai.behave({ kind: 'hang', at: 'body' });
        const stream = await EventStreamClient.open(stage.ledger.url, body, { apiKey: ADMIN_KEY });
        const { data } = await stream.until('execution');
        await stream.until('delta');
        stream.leave();
        await untilFinal(stage.admin, String(data['execution_id']));
      },
    ],
  ])('and %s keeps its hold, which is spent when it expires', async (_how, fail) => {
    const budget = await budgetOf(ASKED);
    await fail(budget.body);
    expect(await budget.standing()).toEqual({ held: ASKED, spent: 0 });
    expectRefusal(await run(budget.body), budget.id, 0);
    await eventually(async () => {
      await stage.sql('SELECT ledger_expire_holds(1000)');
      return (await budget.standing()).held === 0;
    });
    expect(await budget.standing()).toEqual({ held: 0, spent: ASKED });
  });
});

describe('a budget is for its own', () => {
  it('prompt, owner team, and all that concern a call hold it', async () => {
    stage.openai.behave({ kind: 'answer', text: WHOLE });
    await putPrompt(stage.admin, 'of-team', 'Hello', { owner_team: 'support' });
    await putPrompt(stage.admin, 'also-of-team', 'Hello', { owner_team: 'support' });
    await putPrompt(stage.admin, 'of-nobody', 'Hello');
    const team = await makeBudget({ scope: 'owner_team', scope_value: 'support', limit_usd: usd(2 * ASKED) });
    const prompt = await makeBudget({ scope: 'prompt', scope_value: 'of-team', limit_usd: usd(ASKED) });
    const call = (prompt_name: string) =>
      run({ prompt_name, model: MODEL, params: { max_new_tokens: ASKED } });
    expect((await call('of-team')).status).toBe(200);
    expectRefusal(await call('of-team'), prompt, 0);
    expect((await call('also-of-team')).status).toBe(200);
    expectRefusal(await call('also-of-team'), team, 0);
    expect((await call('of-nobody')).status).toBe(200);
    expect([await standingOf(team), await standingOf(prompt)]).toEqual([
      { held: 0, spent: 2 * ASKED },
      { held: 0, spent: ASKED },
    ]);
  });

  it('key', async () => {
    stage.openai.behave({ kind: 'answer', text: WHOLE });
    await putPrompt(stage.admin, 'keyed', 'Hello');
    const body = { prompt_name: 'keyed', model: MODEL, params: { max_new_tokens: ASKED } };
    const client = await clientWith(stage, ['executions:run']);
    const id = await makeBudget({ scope: 'api_key', scope_value: client.keyId, limit_usd: usd(ASKED) });
    expect((await client.post(RUN, body)).status).toBe(200);
    expectRefusal(await client.post(RUN, body), id, 0);
    expect((await run(body)).status).toBe(200);
  });

  it('project', async () => {
    stage.openai.behave({ kind: 'answer', text: WHOLE });
    const client = await otherProject(stage);
    await price(client, 'priced');
    for (const name of ['one', 'two']) await putPrompt(client, name, 'Hello');
    const call = (prompt_name: string) =>
      client.post(RUN, { prompt_name, model: MODEL, params: { max_new_tokens: ASKED } });
    const id = await makeBudget({ scope: 'project', limit_usd: usd(2 * ASKED) }, client);
    expect([(await call('one')).status, (await call('two')).status]).toEqual([200, 200]);
    expectRefusal(await call('one'), id, 0);
    await client.delete(`/v1/budgets/${id}`);
    expect((await call('one')).status).toBe(200);
  });
});
