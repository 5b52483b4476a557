import type { Behaviour } from '../../fakes/vendors/openai-server.js';
import { api } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { freePort, startLedger } from '../../support/servers/processes.js';
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

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: OPENAI };

/** The fault, the answer of `:run`, and what the execution reports about it. */
const FAILURES: [string, Behaviour, number, string, number | null, string][] = [
  ['400', { kind: 'error', status: 400 }, 502, 'PROVIDER_REJECTED', 400, 'provider_rejected'],
  ['401', { kind: 'error', status: 401 }, 502, 'PROVIDER_REJECTED', 401, 'provider_rejected'],
  ['404', { kind: 'error', status: 404 }, 502, 'PROVIDER_REJECTED', 404, 'provider_rejected'],
  ['422', { kind: 'error', status: 422 }, 502, 'PROVIDER_REJECTED', 422, 'provider_rejected'],
  ['408', { kind: 'error', status: 408 }, 502, 'PROVIDER_FAILED', 408, '(timeout|provider_error)'],
  ['429', { kind: 'error', status: 429 }, 502, 'PROVIDER_FAILED', 429, 'rate_limited'],
  ['500', { kind: 'error', status: 500 }, 502, 'PROVIDER_FAILED', 500, 'provider_error'],
  ['503', { kind: 'error', status: 503 }, 502, 'PROVIDER_FAILED', 503, 'provider_error'],
  [
    'a gateway that answers HTML',
    { kind: 'raw', status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' },
    502,
    'PROVIDER_FAILED',
    502,
    'provider_error',
  ],
  [
    'an answer that is garbage',
    { kind: 'raw', body: 'data: {"choices": [{"delta"\n\n' },
    502,
    'PROVIDER_FAILED',
    null,
    '(provider_error|connection)',
  ],
  ['a line cut before the headers', { kind: 'cut', at: 'start' }, 502, 'PROVIDER_FAILED', null, 'connection'],
  ['a line cut in the answer', { kind: 'cut', at: 'body' }, 502, 'PROVIDER_FAILED', null, 'connection'],
];

describe('a failure of the provider', () => {
  it.each(FAILURES)(
    '%s is answered by :run, and told by the execution',
    async (_what, behaviour, status, code, providerStatus, errorType) => {
      stage.openai.behave(behaviour);
      const run = await stage.admin.post(RUN, { ...body, timeout_ms: 20_000 });
      expectProblem(run, status, code);
      expect(run.body).toMatchObject({ execution_id: expect.any(String) as string });
      expect(run.body['attempts']).toBe(stage.openai.requests.length);
      // A cut answer did have a status, which an implementation may or may not report.
      if (providerStatus !== null) expect(run.body['provider_status']).toBe(providerStatus);
      else expect([null, 200]).toContain(run.body['provider_status']);

      const execution = await getExecution(stage.admin, String(run.body['execution_id']));
      expect(execution).toMatchObject({
        status: 'failed',
        error_type: expect.stringMatching(new RegExp(`^${errorType}$`)) as string,
        error_message: expect.stringMatching(/\S/) as string,
        telemetry: { prompt_tokens: null, response_tokens: null },
        finish_reason: null,
      });
      expect(execution.attempts).toHaveLength(stage.openai.requests.length);
      for (const attempt of execution.attempts) {
        expect(attempt).toMatchObject({ status: 'failed', error_type: execution['error_type'] });
      }
    },
  );

  it('that no other call would cure is not tried again', async () => {
    stage.openai.behave({ kind: 'error', status: 400 });
    expect((await stage.admin.post(RUN, body)).body['attempts']).toBe(1);
    const failed = await untilFinal(stage.admin, await submit(stage.admin, body));
    expect(failed).toMatchObject({ status: 'failed', error_type: 'provider_rejected' });
    expect(failed.attempts).toHaveLength(1);
    expect(stage.openai.requests).toHaveLength(2);
  });

  it('keeps the provider key out of the answer, the execution and the log', async () => {
    const key = String(stage.env['OPENAI_API_KEY']);
    stage.openai.behave({ kind: 'error', status: 401, message: `Incorrect API key provided: ${key}.` });
    const run = await stage.admin.post(RUN, body);
    const execution = await getExecution(stage.admin, String(run.body['execution_id']));
    expect(JSON.stringify([run.body, execution])).not.toContain(key);
    expect(stage.ledger.logs.join('\n')).not.toContain(key);
  });
});

describe('a deadline', () => {
  it.each(['start', 'body'] as const)('ends a :run that hangs at the %s', async (at) => {
    stage.openai.behave({ kind: 'hang', at });
    const run = await stage.admin.post(RUN, { ...body, timeout_ms: 400 });
    expectProblem(run, 504, 'PROVIDER_TIMEOUT');
    expect(run.body).toMatchObject({ execution_id: expect.any(String) as string, attempts: 1 });
    const execution = await getExecution(stage.admin, String(run.body['execution_id']));
    expect(execution).toMatchObject({ status: 'failed', error_type: 'timeout' });
  });

  it('is the total, however steadily the answer trickles', async () => {
    const pieces = Array.from({ length: 200 }, () => 'word ');
    stage.openai.behave({ kind: 'answer', pieces, pieceDelayMs: 50 });
    expectProblem(await stage.admin.post(RUN, { ...body, timeout_ms: 500 }), 504, 'PROVIDER_TIMEOUT');
  });

  it('hangs up on the provider', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    await stage.admin.post(RUN, { ...body, timeout_ms: 300 });
    expect(stage.openai.requests).toHaveLength(1);
    await eventually(() => stage.openai.requests[0]?.outcome === 'abandoned');
  });

  it('of :submit is that of each attempt', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const id = await submit(stage.admin, { ...body, timeout_ms: 400 });
    await eventually(async () => {
      const { attempts } = await getExecution(stage.admin, id);
      return attempts[0]?.['status'] === 'failed';
    });
    const { attempts } = await getExecution(stage.admin, id);
    expect(attempts[0]).toMatchObject({ attempt: 1, error_type: 'timeout' });
  });
});

describe('a provider', () => {
  it('without a key here answers 503 before anything is written', async () => {
    const { OPENAI_API_KEY: _, ...env } = stage.env;
    const ledger = await startLedger({ env: { ...env, OPENAI_API_KEY: '' } });
    const client = api(ledger.url, ADMIN_KEY);
    const tables = ['executions', 'execution_inputs', 'execution_attempts', 'execution_outputs', 'outbox'];
    const counts = () =>
      stage.sql(
        tables.map((table) => `SELECT '${table}' AS name, count(*) FROM ${table}`).join(' UNION ALL '),
      );
    const before = await counts();
    const { model: _default, ...withDefaultModel } = body;
    for (const request of [body, withDefaultModel]) {
      for (const verb of ['run', 'submit']) {
        const answer = await client.post(`/v1/executions:${verb}`, request);
        expectProblem(answer, 503, 'PROVIDER_NOT_CONFIGURED');
        expect(answer.body['detail']).toContain('OPENAI_API_KEY');
        expect(answer.body).not.toHaveProperty('execution_id');
      }
    }
    expect(await counts()).toEqual(before);
    await ledger.stop();
  });

  it('that nobody answers for is a failed connection', async () => {
    const OPENAI_BASE_URL = `http://127.0.0.1:${await freePort()}/v1`;
    const ledger = await startLedger({ env: { ...stage.env, OPENAI_BASE_URL, WORKER: 'off' } });
    const answer = await api(ledger.url, ADMIN_KEY).post(RUN, { ...body, timeout_ms: 10_000 });
    expectProblem(answer, 502, 'PROVIDER_FAILED');
    expect(answer.body).toMatchObject({ provider_status: null, attempts: expect.any(Number) as number });
    const execution = await getExecution(stage.admin, String(answer.body['execution_id']));
    expect(execution).toMatchObject({ status: 'failed', error_type: 'connection' });
    await ledger.stop();
  });
});
