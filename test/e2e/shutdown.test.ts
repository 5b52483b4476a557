import { api } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { startLedger } from '../support/processes.js';
import { ADMIN_KEY, getExecution, putPrompt, startStage, submit, untilFinal, type Stage } from './stage.js';

let stage: Stage;

/** The stage's own ledger only watches: what is to be stopped is a second one. */
beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' } };
const untilCalled = (times: number) => eventually(() => stage.openai.requests.length === times);

describe('an API process that is told to stop', () => {
  it('answers the runs it is at, and ends with 0', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 1500 });
    const leaving = await startLedger({ env: stage.env });
    const runs = [1, 2, 3].map(() => api(leaving.url, ADMIN_KEY).post('/v1/executions:run', body));
    await untilCalled(3);
    const exit = leaving.stop();
    for (const run of await Promise.all(runs)) {
      expect(run).toMatchObject({
        status: 200,
        body: { status: 'succeeded', response_text: 'You said: Hello Ada' },
      });
    }
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('finishes what it has claimed, and leaves what it has not', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 1000 });
    const leaving = await startLedger({ env: { ...stage.env, CONCURRENCY: '2' } });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await submit(stage.admin, body));
    await untilCalled(2);
    expect(await leaving.stop()).toEqual({ code: 0, signal: null });
    const executions = await Promise.all(ids.map((id) => getExecution(stage.admin, id)));
    expect(executions.map(({ status }) => status).sort()).toEqual([
      'queued',
      'queued',
      'queued',
      'succeeded',
      'succeeded',
    ]);
    const next = await startLedger({ env: stage.env });
    await Promise.all(ids.map((id) => untilFinal(stage.admin, id)));
    expect(stage.openai.requests).toHaveLength(5);
    await next.stop();
  });

  it('gives a call SHUTDOWN_GRACE_MS and no more', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const leaving = await startLedger({ env: { ...stage.env, SHUTDOWN_GRACE_MS: '500' } });
    const id = await submit(stage.admin, body);
    await untilCalled(1);
    const { signal } = await leaving.stop();
    expect(signal).toBeNull();
    // It was sent: nobody can say that it was not.
    const { attempts } = await getExecution(stage.admin, id);
    expect(attempts).toHaveLength(1);
    expect(attempts[0]?.['status']).not.toBe('succeeded');
  });

  it('ends at once at a second signal', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const leaving = await startLedger({ env: stage.env });
    const answer = api(leaving.url, ADMIN_KEY).post('/v1/executions:run', body);
    const failure = expect(answer).rejects.toThrow();
    await untilCalled(1);
    const first = leaving.stop();
    let isGone = false;
    void leaving.exit.then(() => (isGone = true));
    // The second one would be lost if the first had not been taken in yet.
    await eventually(() => {
      if (!isGone) process.kill(leaving.pid, 'SIGTERM');
      return isGone;
    });
    expect((await first).code).not.toBe(0);
    await failure;
  });
});

it('an execution runs though its prompt was deleted meanwhile', async () => {
  await putPrompt(stage.admin, 'short-lived', 'Hello {{name}}');
  const id = await submit(stage.admin, { ...body, prompt_name: 'short-lived' });
  expect((await stage.admin.delete('/v1/prompts/short-lived')).status).toBe(204);
  const consumer = await startLedger({ env: stage.env });
  expect(await untilFinal(stage.admin, id)).toMatchObject({
    status: 'succeeded',
    prompt_name: 'short-lived',
    response_text: 'You said: Hello Ada',
  });
  await consumer.stop();
});
