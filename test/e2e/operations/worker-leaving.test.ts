import { eventually } from '../../support/eventually.js';
import { startWorker } from '../../support/servers/processes.js';
import { getExecution, OPENAI, putPrompt, type Stage, startStage, submit, untilFinal } from '../stage.js';

/** So short that a call outlasts it several times. Only a worker that renews its lease keeps the call. */
const LEASE_MS = 1000;

let stage: Stage;
let env: Record<string, string>;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off', LEASE_MS: String(LEASE_MS) });
  env = { ...stage.env, LEASE_MS: String(LEASE_MS), POLL_INTERVAL_MS: '100' };
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: OPENAI };
const untilCalled = (times: number) => eventually(() => stage.openai.requests.length === times);

describe('a worker', () => {
  it('that is told to stop keeps its leases, ends what it calls, and leaves the rest to others', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 3 * LEASE_MS });
    const leaving = await startWorker({ env: { ...env, CONCURRENCY: '2' } });
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) ids.push(await submit(stage.admin, body));
    await untilCalled(2);
    const exit = leaving.stop();
    const heir = await startWorker({ env });
    expect(await exit).toEqual({ code: 0, signal: null });
    for (const id of ids) {
      expect(await untilFinal(stage.admin, id)).toMatchObject({
        status: 'succeeded',
        attempts: [{ attempt: 1, status: 'succeeded' }],
      });
    }
    expect(stage.openai.requests.map(({ outcome }) => outcome)).toEqual(Array(4).fill('answered'));
    await heir.stop();
  });

  it('that is told to stop leaves nothing unknown where calls are quick, again and again', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 30 });
    const entries = Array.from({ length: 300 }, () => ({ variables: { name: 'Ada' } }));
    const batch = await stage.admin.post<{ execution_ids: string[] }>('/v1/executions:submit-batch', {
      prompt_name: 'greeting',
      model: OPENAI,
      entries,
    });
    const ids = batch.body.execution_ids;
    for (let round = 1; round <= 2; round += 1) {
      // No lease may lapse here, however busy the machine is.
      const worker = await startWorker({ env: { ...env, LEASE_MS: '30000', CONCURRENCY: '4' } });
      await eventually(() => stage.openai.requests.length > round * 40);
      expect(await worker.stop()).toEqual({ code: 0, signal: null });
    }
    expect(stage.openai.requests.length).toBeLessThan(ids.length);
    const last = await startWorker({ env: { ...env, LEASE_MS: '30000' } });
    await Promise.all(ids.map((id) => stage.admin.get(`/v1/executions/${id}?wait_ms=60000`)));
    await last.stop();
    const attempts = await stage.sql(
      `SELECT status, count(*)::integer FROM execution_attempts_all WHERE execution_id = ANY($1::uuid[]) GROUP BY status`,
      [ids],
    );
    expect(attempts).toEqual([{ status: 'succeeded', count: ids.length }]);
    expect(stage.openai.requests).toHaveLength(ids.length);
  });

  it.each([
    ['retry', 'succeeded', ['outcome_unknown', 'succeeded']],
    ['fail', 'failed', ['outcome_unknown']],
  ] as const)('that is lost in a call leaves it to on_unknown: %s', async (onUnknown, status, attempts) => {
    stage.openai.behave(({ number }) => (number === 1 ? { kind: 'hang', at: 'start' } : { kind: 'answer' }));
    const doomed = await startWorker({ env });
    const id = await submit(stage.admin, { ...body, on_unknown: onUnknown });
    await untilCalled(1);
    await doomed.kill();
    expect((await getExecution(stage.admin, id)).attempts).toMatchObject([{ status: 'dispatched' }]);
    const heir = await startWorker({ env });
    const over = await untilFinal(stage.admin, id);
    expect([over.status, over['on_unknown']]).toEqual([status, onUnknown]);
    expect(over.attempts.map((attempt) => attempt['status'])).toEqual(attempts);
    expect(over['error_type']).toBe(status === 'failed' ? 'outcome_unknown' : null);
    expect(stage.openai.requests).toHaveLength(attempts.length);
    await heir.stop();
  });

  it('that was stopped for longer than its lease changes nothing when it goes on', async () => {
    stage.openai.behave(({ number }) => ({
      kind: 'answer',
      delayMs: number === 1 ? 2500 : 0,
      text: `call ${number}`,
    }));
    const frozen = await startWorker({ env });
    const id = await submit(stage.admin, body);
    await untilCalled(1);
    process.kill(frozen.pid, 'SIGSTOP');
    const heir = await startWorker({ env });
    expect(await untilFinal(stage.admin, id)).toMatchObject({ status: 'succeeded', response_text: 'call 2' });
    process.kill(frozen.pid, 'SIGCONT');
    await eventually(async () => (await getExecution(stage.admin, id)).attempts[0]?.['status'] === 'fenced');
    expect(await getExecution(stage.admin, id)).toMatchObject({
      status: 'succeeded',
      response_text: 'call 2',
      attempts: [{ status: 'fenced' }, { status: 'succeeded' }],
    });
    await Promise.all([frozen.stop(), heir.stop()]);
  });
});
