import { setTimeout as sleep } from 'node:timers/promises';
import { api, type ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { type ServiceProcess, startLedger, startWorker } from '../../support/servers/processes.js';
import { otherProject } from '../other-project.js';
import {
  ADMIN_KEY,
  type Execution,
  expectProblem,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
  submit,
  UNKNOWN_ID,
  untilFinal,
} from '../stage.js';

let stage: Stage;
let foreign: ApiClient;

/** There is no worker at first, so queued executions stay queued. */
beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
  foreign = await otherProject(stage);
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: OPENAI };
const cancel = (id: string, client = stage.admin) => client.post<Execution>(`/v1/executions/${id}:cancel`);
const waitFor = (id: string, waitMs: number, client = stage.admin) =>
  client.get<Execution>(`/v1/executions/${id}?wait_ms=${waitMs}`);

describe('an execution that is queued', () => {
  it('is canceled, again and again the same, and never called', async () => {
    const id = await submit(stage.admin, body);
    const canceled = await cancel(id);
    expect(canceled).toMatchObject({
      status: 200,
      body: { execution_id: id, status: 'canceled', response_text: null, error_type: null, attempts: [] },
    });
    expect(canceled.body['completed_at']).toEqual(expect.any(String));
    expect(await cancel(id)).toMatchObject({ status: 200, body: canceled.body });
    expect((await stage.admin.get(`/v1/executions/${id}`)).body).toEqual(canceled.body);
    const worker = await startWorker({ env: stage.env });
    await untilFinal(stage.admin, await submit(stage.admin, body));
    await worker.stop();
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('is not there for another project', async () => {
    const id = await submit(stage.admin, body);
    const refused = await cancel(id, foreign);
    expectProblem(refused, 404, 'EXECUTION_NOT_FOUND');
    expect(JSON.stringify((await cancel(UNKNOWN_ID, foreign)).body)).toBe(
      JSON.stringify(refused.body).replaceAll(id, UNKNOWN_ID),
    );
    expect((await cancel(id)).status).toBe(200);
  });

  it('is answered as it is when the wait is over', async () => {
    const id = await submit(stage.admin, body);
    for (const waitMs of [0, 300]) {
      expect(await waitFor(id, waitMs)).toMatchObject({ status: 200, body: { status: 'queued' } });
    }
    await cancel(id);
  });

  it('is answered to all who wait as soon as it is canceled, here or in another process', async () => {
    const elsewhere = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    const id = await submit(stage.admin, body);
    const waits = [waitFor(id, 60_000), waitFor(id, 60_000, api(elsewhere.url, ADMIN_KEY))];
    await sleep(200);
    await cancel(id);
    for (const answer of await Promise.all(waits)) {
      expect(answer).toMatchObject({ status: 200, body: { status: 'canceled' } });
    }
    await elsewhere.stop();
  });

  it('is answered as it is when the process leaves', async () => {
    const leaving = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    const id = await submit(stage.admin, body);
    const wait = waitFor(id, 60_000, api(leaving.url, ADMIN_KEY));
    await sleep(300);
    expect(await leaving.stop()).toEqual({ code: 0, signal: null });
    expect(await wait).toMatchObject({ status: 200, body: { status: 'queued' } });
    await cancel(id);
  });
});

describe('an execution that a worker has', () => {
  let worker: ServiceProcess;

  beforeAll(async () => {
    worker = await startWorker({ env: stage.env });
  });
  afterAll(() => worker.stop());

  it('cannot be canceled while it is being called, nor when it is over', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 1000 });
    const id = await submit(stage.admin, body);
    await eventually(() => stage.openai.requests.length === 1);
    const refused = await cancel(id);
    expectProblem(refused, 409, 'EXECUTION_DISPATCHED');
    expect(refused.body.execution_id).toBe(id);
    expect((await untilFinal(stage.admin, id)).status).toBe('succeeded');
    expectProblem(await cancel(id), 409, 'EXECUTION_FINAL');
    expectProblem(await cancel(id, foreign), 404, 'EXECUTION_NOT_FOUND');
  });

  it('is answered when it is final', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 500 });
    const id = await submit(stage.admin, body);
    const waits = await Promise.all([1, 2, 3].map(() => waitFor(id, 60_000)));
    for (const answer of waits) {
      expect(answer).toMatchObject({
        status: 200,
        body: { status: 'succeeded', response_text: 'You said: Hello Ada' },
      });
    }
    expect((await waitFor(id, 60_000)).body).toEqual(waits[0]?.body);
  });

  it('is answered when it has failed, not before its last call', async () => {
    stage.openai.behave({ kind: 'error', status: 500 });
    const id = await submit(stage.admin, { ...body, max_attempts: 2 });
    const answer = await waitFor(id, 60_000);
    expect(answer.body.status).toBe('failed');
    expect(answer.body.attempts).toHaveLength(2);
  });
});

it.each(['60001', '-1', '1.5', 'soon', ''])('a wait of %j is refused', async (waitMs) => {
  const refused = await stage.admin.get(`/v1/executions/${UNKNOWN_ID}?wait_ms=${waitMs}`);
  expectProblem(refused, 400, 'VALIDATION_FAILED');
});
