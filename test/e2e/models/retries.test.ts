import type { ReceivedRequest } from '../../fakes/vendors/openai-server.js';
import { api } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
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
  stage = await startStage({ POLL_INTERVAL_MS: '50' });
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: OPENAI };

/** Makes the first calls fail. */
function failFirst(times: number, status = 500, headers: Record<string, string> = {}): void {
  stage.openai.behave(({ number }) =>
    number <= times ? { kind: 'error', status, headers } : { kind: 'answer', text: `call ${number}` },
  );
}

/** Returns the milliseconds between consecutive calls, as the provider saw them. */
function gapsMs(): number[] {
  const times = stage.openai.requests.map(({ receivedAtMs }: ReceivedRequest) => receivedAtMs);
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

describe(':run', () => {
  it('calls again, once by default, and tells of both calls', async () => {
    failFirst(1);
    const run = await stage.admin.post(RUN, body);
    expect(run).toMatchObject({ status: 200, body: { response_text: 'call 2' } });
    const id = String(run.body['execution_id']);
    expect(await getExecution(stage.admin, id)).toMatchObject({
      status: 'succeeded',
      error_type: null,
      attempts: [
        { attempt: 1, status: 'failed', error_type: 'provider_error', provider_status: 500 },
        { attempt: 2, status: 'succeeded', error_type: null },
      ],
    });
    // Each call has its own id.
    expect(stage.openai.requests.map(({ attemptId }) => attemptId)).toEqual([`${id}-1`, `${id}-2`]);

    stage.openai.reset();
    failFirst(9);
    const failed = await stage.admin.post(RUN, body);
    expectProblem(failed, 502, 'PROVIDER_FAILED');
    expect(failed.body['attempts']).toBe(2);
    expect(stage.openai.requests).toHaveLength(2);
  });

  it.each([1, 3])('makes %d calls at most when told so', async (most) => {
    failFirst(9, 503);
    const run = await stage.admin.post(RUN, { ...body, max_attempts: most, timeout_ms: 30_000 });
    expectProblem(run, 502, 'PROVIDER_FAILED');
    expect(run.body['attempts']).toBe(most);
    expect(stage.openai.requests).toHaveLength(most);
    const execution = await getExecution(stage.admin, String(run.body['execution_id']));
    expect(execution).toMatchObject({ status: 'failed', max_attempts: most });
    expect(execution.attempts.map(({ status }) => status)).toEqual(Array<string>(most).fill('failed'));
  });

  it('calls again only while there is time for it', async () => {
    failFirst(9);
    // The shortest wait plus the shortest call is longer than that.
    const run = await stage.admin.post(RUN, { ...body, timeout_ms: 250, max_attempts: 5 });
    expect([run.status, run.body['attempts']]).toEqual([502, 1]);
  });

  it('waits as long as the provider asks for, or not at all', async () => {
    failFirst(1, 429, { 'retry-after': '1' });
    expect((await stage.admin.post(RUN, body)).status).toBe(200);
    expect(gapsMs()[0]).toBeGreaterThanOrEqual(990);

    stage.openai.reset();
    failFirst(1, 429, { 'retry-after': '3600' });
    const refused = await stage.admin.post(RUN, body);
    expectProblem(refused, 502, 'PROVIDER_FAILED');
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect(refused.body['attempts']).toBe(1);
  });

  it.each([
    ['1e15', null],
    ['99999999999999999999', '3600'],
    ['Fri, 31 Dec 9999 23:59:59 GMT', '3600'],
    ['7 apples', null],
    ['-5', null],
  ])('passes on no wait that makes no sense: %s', async (asked, told) => {
    failFirst(9, 429, { 'retry-after': asked });
    for (const send of [RUN, '/v1/executions:stream']) {
      const refused = await stage.admin.post(send, { ...body, max_attempts: 1 });
      expectProblem(refused, 502, 'PROVIDER_FAILED');
      expect([send, refused.headers.get('retry-after')]).toEqual([send, told]);
    }
    const chat = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
    for (const stream of [false, true]) {
      const refused = await stage.admin.post('/openai/v1/chat/completions', { ...chat, stream });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, told]);
    }
  });

  it('does not call again after a time-out', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const run = await stage.admin.post(RUN, { ...body, timeout_ms: 600, max_attempts: 5 });
    expectProblem(run, 504, 'PROVIDER_TIMEOUT');
    expect(run.body['attempts']).toBe(1);
  });
});

describe(':submit', () => {
  it('is called again after a wait, and queued meanwhile', async () => {
    failFirst(1, 429, { 'retry-after': '2' });
    const id = await submit(stage.admin, body);
    await eventually(async () => (await getExecution(stage.admin, id)).attempts[0]?.['status'] === 'failed');
    expect(await getExecution(stage.admin, id)).toMatchObject({
      status: 'queued',
      error_type: null,
      attempts: [{ attempt: 1, error_type: 'rate_limited' }],
    });
    expect(await untilFinal(stage.admin, id)).toMatchObject({
      status: 'succeeded',
      response_text: 'call 2',
      attempts: [{ status: 'failed' }, { attempt: 2, status: 'succeeded' }],
    });
    expect(gapsMs()[0]).toBeGreaterThanOrEqual(1990);
  });

  it('is called four times by default, after waits', async () => {
    failFirst(9);
    const failed = await untilFinal(stage.admin, await submit(stage.admin, body));
    expect(failed).toMatchObject({ status: 'failed', error_type: 'provider_error', max_attempts: 4 });
    expect(failed.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'failed'],
      [4, 'failed'],
    ]);
    expect(stage.openai.requests).toHaveLength(4);
    // RETRY_WAITS_MS of the stage is 200, with a fifth of jitter.
    for (const gapMs of gapsMs()) expect(gapMs).toBeGreaterThanOrEqual(150);
  });

  it.each([1, 2])('is called %d times at most when told so', async (most) => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const request = { ...body, timeout_ms: 150, max_attempts: most };
    const failed = await untilFinal(stage.admin, await submit(stage.admin, request));
    expect(failed).toMatchObject({ status: 'failed', error_type: 'timeout' });
    expect(failed.attempts).toHaveLength(most);
    expect(stage.openai.requests).toHaveLength(most);
  });

  it('can be canceled while it waits for another call', async () => {
    failFirst(9, 429, { 'retry-after': '3600' });
    const id = await submit(stage.admin, body);
    await eventually(async () => (await getExecution(stage.admin, id)).attempts[0]?.['status'] === 'failed');
    const canceled = await stage.admin.post(`/v1/executions/${id}:cancel`);
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', attempts: [{ attempt: 1 }] } });
  });
});

describe('the bounds of the configuration', () => {
  let ledger: LedgerProcess;

  beforeAll(async () => {
    const env = { ...stage.env, WORKER: 'off', MAX_ATTEMPTS: '3', MAX_TIMEOUT_MS: '5000' };
    ledger = await startLedger({ env });
  });
  afterAll(() => ledger.stop());

  it.each([':run', ':submit', ':submit-batch'])('hold for %s', async (verb) => {
    const client = api(ledger.url, ADMIN_KEY);
    const { variables, ...shared } = body;
    const request = verb === ':submit-batch' ? { ...shared, entries: [{ variables }] } : body;
    for (const [member, most] of [
      ['max_attempts', 3],
      ['timeout_ms', 5000],
    ] as const) {
      const refused = await client.post(`/v1/executions${verb}`, { ...request, [member]: most + 1 });
      expectProblem(refused, 400, 'VALIDATION_FAILED');
      expect(refused.body['errors']).toEqual([
        { pointer: `/${member}`, message: `must not be greater than ${most}` },
      ]);
      expect(
        (await client.post(`/v1/executions${verb}`, { ...request, [member]: most })).status,
      ).toBeLessThan(300);
    }
    // Omitted params are cut to the bounds too.
    const usual = await client.post(`/v1/executions${verb}`, request);
    expect(usual.status).toBeLessThan(300);
  });
});
