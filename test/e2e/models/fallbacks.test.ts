import type { ApiBody } from '../../support/api-client.js';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { eventually } from '../../support/eventually.js';
import {
  ADMIN_KEY,
  ECHO,
  type Execution,
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
const SUBMIT = '/v1/executions:submit';
const BATCH = '/v1/executions:submit-batch';
const STREAM = '/v1/executions:stream';
const BIG = { provider: 'openai', model_name: 'gpt-4o' };
const TURBO = { provider: 'openai', model_name: 'gpt-4-turbo' };
const body = { prompt_name: 'greeting', variables: { name: 'Ada' } };

async function prepare(stage: Stage): Promise<void> {
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  for (const [name, targets] of [
    ['first-mini', [OPENAI, BIG]],
    ['all', [OPENAI, BIG, TURBO]],
  ] as const) {
    const { status } = await stage.admin.put(`/v1/routes/${name}`, { targets });
    if (status !== 200) throw new Error(`the route ${name} was answered with ${status}`);
  }
}

const failWith = (status: number) => ({ kind: 'error', status }) as const;
const modelsOf = ({ attempts }: Execution) => attempts.map(({ model_name: name }) => name);

describe('models in their order', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
    await prepare(stage);
    const code = { prompts: [{ name: 'IN_CODE', template_source: 'Hello {{name}}' }] };
    const { status } = await stage.admin.post('/v1/prompts/register-code', code);
    if (status !== 200) throw new Error(`register-code was answered with ${status}`);
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.openai.reset());

  const run = (more: ApiBody) => stage.admin.post(RUN, { ...body, ...more });
  /** Reads the execution of a `:run`, whatever the run answered. */
  const ran = async (more: ApiBody): Promise<Execution> =>
    getExecution(stage.admin, String((await run(more)).body['execution_id']));

  /** Each way to ask for an execution. */
  const routes: [string, (model: unknown) => Promise<Execution>][] = [
    [':run', (model) => ran({ model })],
    [':submit', async (model) => untilFinal(stage.admin, await submit(stage.admin, { ...body, model }))],
    [
      ':submit-batch',
      async (model) => {
        const { prompt_name, variables } = body;
        const answer = await stage.admin.post<{ execution_ids: string[] }>(BATCH, {
          prompt_name,
          model,
          entries: [{ variables }],
        });
        return untilFinal(stage.admin, answer.body.execution_ids[0] ?? '');
      },
    ],
    [
      ':stream',
      async (model) => {
        const stream = await EventStreamClient.open(
          stage.ledger.url,
          { ...body, model },
          { apiKey: ADMIN_KEY },
        );
        const done = await stream.until('done');
        return getExecution(stage.admin, String(done.data['execution_id']));
      },
    ],
    [
      'execute',
      async (model) => {
        const answer = await stage.admin.post('/v1/prompts/IN_CODE/execute', {
          variables: body.variables,
          model,
        });
        return getExecution(stage.admin, String(answer.body['execution_id']));
      },
    ],
  ];

  it.each(routes)('are gone through by %s, and the execution says which answered', async (_route, ask) => {
    stage.openai.behaveForModel(OPENAI.model_name, failWith(503));
    for (const [model, route] of [
      [[OPENAI, 'openai/gpt-4o'], null],
      [{ route: 'first-mini' }, 'first-mini'],
    ]) {
      expect(await ask(model)).toMatchObject({
        status: 'succeeded',
        model: BIG,
        route,
        models: [OPENAI, BIG],
        response_text: 'You said: Hello Ada',
        attempts: [
          { attempt: 1, ...OPENAI, status: 'failed', provider_status: 503 },
          { attempt: 2, ...BIG, status: 'succeeded' },
        ],
      });
    }
    expect(stage.openai.requests.map(({ modelName }) => modelName)).toEqual([
      'gpt-4o-mini',
      'gpt-4o',
      'gpt-4o-mini',
      'gpt-4o',
    ]);
  });

  it('are named once by who executes a tracked prompt', async () => {
    const answer = await stage.admin.post('/v1/prompts/IN_CODE/execute', {
      variables: body.variables,
      model: [OPENAI],
      ...BIG,
    });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer: '/model' }]);
  });

  it('go on after each failure that another may cure, at once', async () => {
    for (const behaviour of [
      failWith(429),
      failWith(408),
      failWith(500),
      { kind: 'cut', at: 'start' } as const,
      { kind: 'error', status: 429, headers: { 'retry-after': '3600' } } as const,
    ]) {
      stage.openai.behaveForModel(OPENAI.model_name, behaviour);
      expect(await run({ model: [OPENAI, BIG], timeout_ms: 10_000 })).toMatchObject({
        status: 200,
        body: { model: BIG },
      });
    }
  });

  it.each([400, 401, 404, 422])('end with a %i: another would be asked the same', async (status) => {
    stage.openai.behaveForModel(OPENAI.model_name, failWith(status));
    const answer = await run({ model: { route: 'first-mini' } });
    expectProblem(answer, 502, 'PROVIDER_REJECTED');
    expect(answer.body).toMatchObject({ attempts: 1 });
    expect(await getExecution(stage.admin, String(answer.body['execution_id']))).toMatchObject({
      model: OPENAI,
      route: 'first-mini',
    });
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('leave time for the next when the first hangs', async () => {
    stage.openai.behaveForModel(OPENAI.model_name, { kind: 'hang', at: 'start' });
    const execution = await ran({ model: [OPENAI, BIG], timeout_ms: 2000 });
    expect(execution).toMatchObject({
      status: 'succeeded',
      model: BIG,
      attempts: [{ error_type: 'timeout' }, { status: 'succeeded' }],
    });
    expect(stage.openai.requests[0]?.outcome).toBe('abandoned');
  });

  it('each have their share when all hang, and the whole is no longer than was allowed', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const answer = await run({ model: { route: 'all' }, timeout_ms: 1500 });
    expectProblem(answer, 504, 'PROVIDER_TIMEOUT');
    const execution = await getExecution(stage.admin, String(answer.body['execution_id']));
    expect(modelsOf(execution)).toEqual(['gpt-4o-mini', 'gpt-4o', 'gpt-4-turbo']);
    const took = execution.attempts.map(({ latency_ms: ms }) => Number(ms));
    for (const latencyMs of took) expect(latencyMs).toBeGreaterThanOrEqual(300);
  });

  it.each<[string, ApiBody, string[]]>([
    ['once each when nobody says more', {}, ['gpt-4o-mini', 'gpt-4o', 'gpt-4-turbo']],
    ['no more often than max_attempts', { max_attempts: 2 }, ['gpt-4o-mini', 'gpt-4o']],
    ['from the first again', { max_attempts: 4 }, ['gpt-4o-mini', 'gpt-4o', 'gpt-4-turbo', 'gpt-4o-mini']],
  ])('are asked %s', async (_how, more, wanted) => {
    stage.openai.behave(failWith(500));
    const request = { model: { route: 'all' }, ...more };
    const answer = await run(request);
    expectProblem(answer, 502, 'PROVIDER_FAILED');
    expect(answer.body).toMatchObject({ attempts: wanted.length });
    expect(modelsOf(await getExecution(stage.admin, String(answer.body['execution_id'])))).toEqual(wanted);

    const queued = { ...body, max_attempts: wanted.length, ...request };
    const failed = await untilFinal(stage.admin, await submit(stage.admin, queued));
    expect(failed.status).toBe('failed');
    expect(modelsOf(failed)).toEqual(wanted);
  });

  it('are kept as they were when the execution was admitted', async () => {
    await stage.admin.put('/v1/routes/moving', { targets: [OPENAI, BIG] });
    stage.openai.behaveForModel(OPENAI.model_name, { kind: 'hang', at: 'start' });
    const id = await submit(stage.admin, { ...body, model: { route: 'moving' }, timeout_ms: 1000 });
    await eventually(() => stage.openai.requests.length === 1);
    await stage.admin.put('/v1/routes/moving', { targets: [ECHO] });
    expect(await untilFinal(stage.admin, id)).toMatchObject({
      status: 'succeeded',
      model: BIG,
      models: [OPENAI, BIG],
      route: 'moving',
    });
    expect((await run({ model: { route: 'moving' } })).body).toMatchObject({ model: ECHO, route: 'moving' });
  });

  it('are one and not told of where there is no choice', async () => {
    expect(await ran({ model: [OPENAI] })).toMatchObject({ models: null, route: null, model: OPENAI });
  });

  describe.each([RUN, SUBMIT, STREAM])('of %s', (path) => {
    const refused = async (more: ApiBody) => {
      const before = await stage.sql('SELECT count(*) FROM executions_all');
      const answer = await stage.admin.post(path, { ...body, ...more });
      expect(await stage.sql('SELECT count(*) FROM executions_all')).toEqual(before);
      expect(stage.openai.requests).toHaveLength(0);
      return answer;
    };

    it('are refused together when one lacks a field for a param', async () => {
      const params = { top_k: 3, temperature: 0 };
      for (const model of [[ECHO, OPENAI], { route: 'first-mini' }]) {
        const answer = await refused({ model, params });
        expectProblem(answer, 400, 'VALIDATION_FAILED');
        expect(answer.body['errors']).toMatchObject([{ pointer: '/params/top_k' }]);
      }
    });

    it('are refused together when one is not allowed', async () => {
      const answer = await refused({ model: [ECHO, 'openai/nobody'] });
      expectProblem(answer, 404, 'MODEL_NOT_FOUND');
      expect(answer.body['detail']).toContain('openai/nobody');
    });

    it('are not found by a route that there is not', async () => {
      expectProblem(await refused({ model: { route: 'nowhere' } }), 404, 'MODEL_ROUTE_NOT_FOUND');
    });

    it('are pointed at when one is malformed', async () => {
      const answer = await refused({ model: [ECHO, { provider: 'openai' }] });
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(answer.body['errors']).toMatchObject([{ pointer: '/model/1/model_name' }]);
    });
  });
});

describe('open circuits', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ CIRCUIT_FAILURES: '2', CIRCUIT_OPEN_MS: '3600000' });
    await prepare(stage);
    stage.openai.behaveForModel(OPENAI.model_name, failWith(500));
    for (let call = 0; call < 2; call += 1) {
      await stage.admin.post(RUN, { ...body, model: OPENAI, max_attempts: 1 });
    }
    stage.openai.reset();
  });
  afterAll(() => stage.close());
  afterEach(() => stage.openai.reset());

  it('are passed over without an attempt, whoever asks', async () => {
    const answer = await stage.admin.post(RUN, { ...body, model: { route: 'first-mini' } });
    expect(answer).toMatchObject({ status: 200, body: { model: BIG } });
    const ids = [
      String(answer.body['execution_id']),
      await submit(stage.admin, { ...body, model: { route: 'first-mini' } }),
    ];
    for (const id of ids) {
      expect(await untilFinal(stage.admin, id)).toMatchObject({
        models: [OPENAI, BIG],
        attempts: [{ attempt: 1, ...BIG, status: 'succeeded' }],
      });
    }
    expect(stage.openai.requests.map(({ modelName }) => modelName)).toEqual(['gpt-4o', 'gpt-4o']);
  });

  it('do not keep the ones behind them from being asked, each in its turn', async () => {
    stage.openai.behaveForModel(BIG.model_name, ({ number }) =>
      number === 1 ? failWith(429) : { kind: 'answer' },
    );
    for (const path of [RUN, SUBMIT]) {
      const answer = await stage.admin.post(path, { ...body, model: { route: 'all' } });
      const execution = await untilFinal(stage.admin, String(answer.body['execution_id']));
      expect(modelsOf(execution)).toEqual(['gpt-4o', 'gpt-4-turbo']);
      stage.openai.requests.length = 0;
    }
  });

  it('leave the last one its waits', async () => {
    stage.openai.behaveForModel(BIG.model_name, ({ number }) =>
      number === 1 ? { kind: 'error', status: 429, headers: { 'retry-after': '1' } } : { kind: 'answer' },
    );
    const answer = await stage.admin.post(RUN, { ...body, model: [BIG, OPENAI], timeout_ms: 20_000 });
    expect(answer).toMatchObject({ status: 200, body: { model: BIG } });
    const [first, second] = stage.openai.requests;
    expect((second?.receivedAtMs ?? 0) - (first?.receivedAtMs ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('of all of them refuse, and it is on record', async () => {
    const answer = await stage.admin.post(RUN, { ...body, model: [OPENAI] });
    expectProblem(answer, 503, 'PROVIDER_CIRCUIT_OPEN');
    stage.openai.behave(failWith(500));
    for (let call = 0; call < 3; call += 1) {
      await stage.admin.post(RUN, { ...body, model: BIG, max_attempts: 1 });
    }
    const calls = stage.openai.requests.length;
    const all = await stage.admin.post(RUN, { ...body, model: { route: 'first-mini' } });
    expectProblem(all, 503, 'PROVIDER_CIRCUIT_OPEN');
    expect(all.body['detail']).toContain('openai/gpt-4o-mini, openai/gpt-4o');
    expect(await getExecution(stage.admin, String(all.body['execution_id']))).toMatchObject({
      status: 'failed',
      models: [OPENAI, BIG],
      route: 'first-mini',
      attempts: [],
    });
    expect(stage.openai.requests).toHaveLength(calls);
  });
});
