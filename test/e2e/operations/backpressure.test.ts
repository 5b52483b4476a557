import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour, ReceivedRequest } from '../../fakes/vendors/openai-server.js';
import type { ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { emptyQueue } from '../../support/rows/execution-rows.js';
import { startWorker } from '../../support/servers/processes.js';
import { otherProject } from '../other-project.js';
import { ENTRY, send } from '../recording/record-entries.js';
import {
  ECHO,
  expectProblem,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const SUBMIT = '/v1/executions:submit';
const MAX_QUEUED = 20;
const MAX_REQUESTS = 4;

let stage: Stage;
let quiet: ApiClient;

beforeAll(async () => {
  stage = await startStage({
    WORKER: 'off',
    MAX_QUEUED: String(MAX_QUEUED),
    MAX_CONCURRENT_REQUESTS: String(MAX_REQUESTS),
    SHUTDOWN_GRACE_MS: '500',
  });
  quiet = await otherProject(stage);
  for (const client of [stage.admin, quiet]) await putPrompt(client, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(async () => {
  stage.openai.reset();
  await emptyQueue(stage.owner);
});

const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: ECHO };
const batchOf = (size: number) => ({
  prompt_name: 'greeting',
  model: ECHO,
  entries: Array.from({ length: size }, () => ({ variables: { name: 'Ada' } })),
});

async function queued(): Promise<number> {
  const [row] = await stage.sql<{ count: string }>(
    `SELECT count(*) FROM executions_all WHERE status = 'queued'`,
  );
  return Number(row?.count);
}

/** Longer than one count of the queue is reused. */
const untilCountedAgain = () => sleep(600);

describe('a queue that is full', () => {
  it('takes no more, single or in a batch, of that project, and has room again when it is worked off', async () => {
    const inLine: string[] = [];
    // Requests admitted during a count may count double until the next one, so it may take several tries.
    await eventually(async () => {
      const answer = await stage.admin.post(SUBMIT, body);
      if (answer.status === 202) inLine.push(String(answer.body['execution_id']));
      return inLine.length === MAX_QUEUED;
    });
    for (let round = 0; round < 3; round += 1) {
      const refused = await stage.admin.post(SUBMIT, body);
      expectProblem(refused, 429, 'QUEUE_FULL');
      expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expectProblem(await stage.admin.post('/v1/executions:submit-batch', batchOf(2)), 429, 'QUEUE_FULL');
      await untilCountedAgain();
    }
    expect(await queued()).toBe(MAX_QUEUED);
    // These do not use the full queue.
    expect((await stage.admin.post('/v1/executions:run', body)).status).toBe(200);
    expect((await send(stage, [ENTRY])).status).toBe(200);
    expect((await quiet.post(SUBMIT, body)).status).toBe(202);

    for (const id of inLine.slice(0, 5)) await stage.admin.post(`/v1/executions/${id}:cancel`);
    await eventually(
      async () => (await stage.admin.post('/v1/executions:submit-batch', batchOf(2))).status === 202,
    );
  });

  it('takes a batch that is larger than itself, when nothing else waits', async () => {
    await eventually(async () => {
      const answer = await stage.admin.post('/v1/executions:submit-batch', batchOf(MAX_QUEUED + 1));
      if (answer.status !== 202) await untilCountedAgain();
      return answer.status === 202;
    });
    expect(await queued()).toBe(MAX_QUEUED + 1);
  });

  it('still gives a repeated request its answer', async () => {
    const headers = { 'idempotency-key': 'of the last one' };
    let first = await stage.admin.post(SUBMIT, body, headers);
    while (first.status !== 202) first = await stage.admin.post(SUBMIT, body, headers);
    await eventually(async () => (await stage.admin.post(SUBMIT, body)).status === 429);
    expect(await stage.admin.post(SUBMIT, body, headers)).toMatchObject({ status: 202, body: first.body });
  });
});

describe('requests at once', () => {
  it('are so many, of which other projects have some left', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 2000 });
    const slow = { ...body, model: OPENAI };
    const greedy = [1, 2, 3].map(() => stage.admin.post('/v1/executions:run', slow));
    await eventually(() => stage.openai.requests.length === 3);
    const refused = await stage.admin.post('/v1/executions:run', body);
    expectProblem(refused, 429, 'QUEUE_FULL');
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expectProblem(await send(stage, [ENTRY]), 429, 'QUEUE_FULL');
    expect((await quiet.post('/v1/executions:run', body)).status).toBe(200);
    for (const run of await Promise.all(greedy)) expect(run.status).toBe(200);
    expect((await stage.admin.post('/v1/executions:run', body)).status).toBe(200);
  });
});

describe('a project with many slow calls', () => {
  it("does not hold up another's single one", async () => {
    const greedyHangs = ({ body: asked }: ReceivedRequest): Behaviour =>
      JSON.stringify(asked).includes('greedy') ? { kind: 'hang', at: 'start' } : { kind: 'answer' };
    stage.openai.behave(greedyHangs);
    const greedy = { prompt_name: 'greeting', variables: { name: 'greedy' }, model: OPENAI };
    for (let count = 0; count < 8; count += 1) await submit(stage.admin, greedy);
    const worker = await startWorker({ env: { ...stage.env, CONCURRENCY: '2', SHUTDOWN_GRACE_MS: '300' } });
    await eventually(() => stage.openai.requests.length === 2);
    for (let count = 0; count < 3; count += 1) {
      const id = await submit(quiet, { ...body, model: OPENAI });
      expect(await untilFinal(quiet, id)).toMatchObject({ status: 'succeeded' });
    }
    const called = stage.openai.requests.map((request) => JSON.stringify(request.body).includes('greedy'));
    expect(called).toEqual([true, true, false, false, false]);
    await worker.stop();
  });
});
