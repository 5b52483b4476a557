import { api, type ApiBody } from '../../support/api-client.js';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { eventually } from '../../support/eventually.js';
import { startWorker } from '../../support/servers/processes.js';
import {
  ADMIN_KEY,
  ECHO,
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
const FAILURES = 3;
const OTHER_MODEL = { provider: 'openai', model_name: 'gpt-4o' };

let stage: Stage;

/** Once open, a circuit of the API stays open, because the workers have to show what happens afterwards. */
beforeAll(async () => {
  const settings = { CIRCUIT_FAILURES: String(FAILURES), CIRCUIT_OPEN_MS: '3600000', WORKER: 'off' };
  stage = await startStage(settings);
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  stage.openai.behaveForModel(OPENAI.model_name, { kind: 'error', status: 500 });
  for (let call = 0; call < FAILURES; call += 1) {
    expectProblem(await stage.admin.post(RUN, { ...body, max_attempts: 1 }), 502, 'PROVIDER_FAILED');
  }
});
afterAll(() => stage.close());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: OPENAI };
const refusal = { kind: 'error', status: 400 } as const;

describe('an open circuit', () => {
  it('refuses a :run without a call, and keeps it on record', async () => {
    const calls = stage.openai.requests.length;
    const headers = { 'idempotency-key': 'while it is open' };
    const refused = await stage.admin.post(RUN, body, headers);
    expectProblem(refused, 503, 'PROVIDER_CIRCUIT_OPEN');
    expect(refused.body).toMatchObject({ provider_status: null, attempts: 0 });
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(await getExecution(stage.admin, String(refused.body['execution_id']))).toMatchObject({
      status: 'failed',
      error_type: 'provider_error',
      attempts: [],
    });
    expect(stage.openai.requests).toHaveLength(calls);
    const replayed = await stage.admin.post(RUN, body, headers);
    expect([replayed.status, replayed.body]).toEqual([503, refused.body]);
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
  });

  it('is shown, and does not make the process unready', async () => {
    const ready = await stage.admin.get('/health/ready');
    expect(ready).toMatchObject({
      status: 200,
      body: { circuits: [{ ...OPENAI, state: 'open', retry_at: expect.any(String) as string }] },
    });
  });

  it('is of one model', async () => {
    for (const model of [ECHO, OTHER_MODEL]) {
      expect((await stage.admin.post(RUN, { ...body, model })).status).toBe(200);
    }
  });

  it('lets no worker call, eats no attempt, and closes when a call gets through', async () => {
    const env = {
      ...stage.env,
      CIRCUIT_FAILURES: String(FAILURES),
      CIRCUIT_OPEN_MS: '300',
      POLL_INTERVAL_MS: '50',
      CONCURRENCY: '1',
    };
    const worker = await startWorker({ env });
    const opening = await submit(stage.admin, { ...body, max_attempts: FAILURES });
    expect((await untilFinal(stage.admin, opening)).attempts).toHaveLength(FAILURES);
    const calls = stage.openai.requests.length;
    const waiting: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      waiting.push(await submit(stage.admin, { ...body, max_attempts: 10 }));
    }
    // A failed trial opens it again.
    await eventually(() => stage.openai.requests.length >= calls + 2);
    stage.openai.behaveForModel(OPENAI.model_name, { kind: 'answer' });
    for (const id of waiting) {
      const done = await untilFinal(stage.admin, id);
      expect(done.status).toBe('succeeded');
      expect(done['started_at']).not.toBeNull();
    }
    // Exactly the calls that were made are on record.
    const [row] = await stage.sql<{ attempts: string }>(
      'SELECT count(*) AS attempts FROM execution_attempts_all',
    );
    const called = stage.openai.requests.length;
    const ofEcho = 1;
    expect(Number(row?.attempts)).toBe(called + ofEcho);
    await worker.stop();
  });
});

it('a provider that refuses requests opens none', async () => {
  stage.openai.behaveForModel('gpt-4-turbo', refusal);
  const model = { provider: 'openai', model_name: 'gpt-4-turbo' };
  for (let call = 0; call < 2 * FAILURES; call += 1) {
    expectProblem(await stage.admin.post(RUN, { ...body, model }), 502, 'PROVIDER_REJECTED');
  }
  const ready = await api(stage.ledger.url, ADMIN_KEY).get<{ circuits: ApiBody[] }>('/health/ready');
  expect(ready.body.circuits).toHaveLength(1);
});

describe('what a caller chose opens none', () => {
  const model = { provider: 'openai', model_name: 'gpt-4-turbo' };
  const open = async () => {
    const ready = await api(stage.ledger.url, ADMIN_KEY).get<{ circuits: ApiBody[] }>('/health/ready');
    return ready.body.circuits.map(({ model_name: name }) => name);
  };

  it.each([1, 300])('a deadline of %i ms', async (timeout_ms) => {
    stage.openai.behaveForModel('gpt-4-turbo', { kind: 'hang', at: 'start' });
    const calls = Array.from({ length: 4 * FAILURES }, () =>
      stage.admin.post(RUN, { ...body, model, timeout_ms, max_attempts: 1 }),
    );
    for (const answer of await Promise.all(calls)) expectProblem(answer, 504, 'PROVIDER_TIMEOUT');
    expect(await open()).toEqual([OPENAI.model_name]);
  });

  it('leaving a stream', async () => {
    stage.openai.behaveForModel('gpt-4-turbo', { kind: 'hang', at: 'body' });
    for (let call = 0; call < 2 * FAILURES; call += 1) {
      const stream = await EventStreamClient.open(
        stage.ledger.url,
        { ...body, model },
        { apiKey: ADMIN_KEY },
      );
      const { data } = await stream.until('execution');
      await stream.until('delta');
      stream.leave();
      await untilFinal(stage.admin, String(data['execution_id']));
    }
    expect(await open()).toEqual([OPENAI.model_name]);
  });

  it.each([401, 403, 404, 422, 429])('what is answered with a %i', async (status) => {
    stage.openai.behaveForModel('gpt-4-turbo', { kind: 'error', status });
    for (let call = 0; call < 2 * FAILURES; call += 1) {
      expect((await stage.admin.post(RUN, { ...body, model, max_attempts: 1 })).status).toBe(502);
    }
    expect(await open()).toEqual([OPENAI.model_name]);
  });
});
