import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { postpone } from '../../support/rows/execution-rows.js';
import { startWorker } from '../../support/servers/processes.js';
import { otherProject } from '../other-project.js';
import {
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  getExecution,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
} from '../stage.js';

const HOUR_S = 3_600;
const BATCH = '/v1/executions:submit-batch';

interface Submitted extends ApiBody {
  readonly batch_id: string;
  readonly execution_ids: readonly string[];
}

let stage: Stage;
let foreign: ApiClient;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
  foreign = await otherProject(stage);
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const shared = { prompt_name: 'greeting', model: ECHO, environment: 'staging' };
const entry = (name: string) => ({ variables: { name }, correlation_id: `of ${name}` });

async function submitBatch(entries: readonly ApiBody[], more: ApiBody = {}): Promise<Submitted> {
  const answer = await stage.admin.post<Submitted>(BATCH, { ...shared, entries, ...more });
  if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

const get = async (id: string) => (await stage.admin.get(`/v1/batches/${id}`)).body;
const cancel = (id: string, client = stage.admin) => client.post(`/v1/batches/${id}:cancel`);

async function rowCounts(): Promise<ApiBody> {
  const tables = ['executions', 'execution_inputs', 'batches', 'idempotency_keys'];
  const selects = tables.map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
  const [row] = await stage.sql(`SELECT ${selects.join(', ')}`);
  return row ?? {};
}

describe('a batch', () => {
  it('is answered with its executions in the order of the entries', async () => {
    const names = ['c', 'a', 'b', 'd'];
    const answer = await stage.admin.post<Submitted>(BATCH, { ...shared, entries: names.map(entry) });
    expect(answer).toMatchObject({
      status: 202,
      body: { batch_id: ANY_ID, status: 'queued', mode: 'async', total: 4 },
    });
    const { batch_id: id, execution_ids: ids } = answer.body;
    expect(answer.headers.get('location')).toBe(`/v1/batches/${id}`);
    expect([...ids].sort()).toEqual(ids);
    const executions = await Promise.all(ids.map((each) => getExecution(stage.admin, each)));
    expect(
      executions.map(({ variables, correlation_id, rendered_prompt }) => [
        variables,
        correlation_id,
        rendered_prompt,
      ]),
    ).toEqual(names.map((name) => [{ name }, `of ${name}`, `Hello ${name}`]));
    for (const execution of executions) {
      expect(execution).toMatchObject({
        status: 'queued',
        mode: 'async',
        batch_id: id,
        environment: 'staging',
      });
    }
  });

  it('is found in the list of executions, with its own and no others', async () => {
    await submitBatch([entry('other')]);
    const { batch_id: id, execution_ids: ids } = await submitBatch(['a', 'b', 'c'].map(entry));
    const list = async (query: string) =>
      (
        await stage.admin.get<{ executions: ApiBody[]; next_cursor: string | null }>(
          `/v1/executions?batch_id=${id}${query}`,
        )
      ).body;
    const whole = await list('');
    expect(whole.executions.map((each) => each['execution_id'])).toEqual([...ids].reverse());
    const page = await list('&limit=2');
    const rest = await list(`&limit=2&cursor=${page.next_cursor}`);
    expect([...page.executions, ...rest.executions]).toEqual(whole.executions);
    expect((await list('&correlation_id=of%20b')).executions).toHaveLength(1);
  });

  it('is counted by status, and canceled as far as nothing was sent', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 1500 });
    const { batch_id: id } = await submitBatch(['a', 'b', 'c'].map(entry), { model: OPENAI });
    const facts = {
      batch_id: id,
      prompt_name: 'greeting',
      version_number: 1,
      model: OPENAI,
      environment: 'staging',
      total: 3,
      created_at: ANY_TIME,
      callback_url: null,
    };
    const none = { queued: 0, running: 0, succeeded: 0, failed: 0, canceled: 0 };
    const open = { ...facts, canceled_at: null, completed_at: null, status: 'running' };
    expect(await get(id)).toEqual({ ...open, counts: { ...none, queued: 3 } });
    // The older batches of this file come first.
    const older = await stage.sql<{ id: string }>(
      'SELECT execution_id AS id FROM executions_all WHERE batch_id <> $1',
      [id],
    );
    await postpone(
      stage.owner,
      HOUR_S,
      older.map((execution) => execution.id),
    );
    const worker = await startWorker({ env: { ...stage.env, CONCURRENCY: '1' } });
    await eventually(() => stage.openai.requests.length === 1);
    expect(await get(id)).toEqual({ ...open, counts: { ...none, queued: 2, running: 1 } });
    const canceled = await cancel(id);
    expect(canceled).toMatchObject({
      status: 200,
      body: {
        ...facts,
        status: 'running',
        canceled_at: ANY_TIME,
        counts: { ...none, canceled: 2, running: 1 },
      },
    });
    await eventually(async () => (await get(id))['status'] === 'completed');
    await worker.stop();
    const completed = {
      ...facts,
      status: 'completed',
      canceled_at: canceled.body['canceled_at'],
      completed_at: ANY_TIME,
      counts: { ...none, canceled: 2, succeeded: 1 },
    };
    expect(await get(id)).toEqual(completed);
    expect((await cancel(id)).body).toEqual(completed);
    expect(stage.openai.requests).toHaveLength(1);
  });

  it('is not there for another project', async () => {
    const { batch_id: id } = await submitBatch([entry('a')]);
    expectProblem(await foreign.get(`/v1/batches/${id}`), 404, 'BATCH_NOT_FOUND');
    expectProblem(await cancel(id, foreign), 404, 'BATCH_NOT_FOUND');
    expect(await get(id)).toMatchObject({ counts: { queued: 1 } });
    expect((await foreign.get(`/v1/executions?batch_id=${id}`)).body['executions']).toEqual([]);
  });

  it('of a thousand is one batch, and is done', async () => {
    const before = await rowCounts();
    const many = Array.from({ length: 1000 }, (_, index) => entry(String(index)));
    const refused = await stage.admin.post(BATCH, { ...shared, entries: [...many, entry('one more')] });
    expectProblem(refused, 400, 'VALIDATION_FAILED');
    expect(refused.body['errors']).toMatchObject([{ pointer: '/entries' }]);
    expect(await rowCounts()).toEqual(before);
    const { batch_id: id, execution_ids: ids } = await submitBatch(many);
    expect(new Set(ids).size).toBe(1000);
    expect([...ids].sort()).toEqual(ids);
    const worker = await startWorker({ env: stage.env });
    await eventually(async () => (await get(id))['status'] === 'completed');
    await worker.stop();
    expect(await get(id)).toMatchObject({ counts: { succeeded: 1000, failed: 0, canceled: 0 } });
    expect(await getExecution(stage.admin, ids[999] ?? '')).toMatchObject({ response_text: 'Hello 999' });
  });
});

describe('a batch with bad entries', () => {
  const good = entry('Ada');
  const cases: [string, readonly unknown[], number, string, string[]][] = [
    ['nothing in it', [], 400, 'VALIDATION_FAILED', ['/entries']],
    ['an entry that is none', [good, 7], 400, 'VALIDATION_FAILED', ['/entries/1']],
    [
      'wrong types and unknown fields',
      [good, { variables: [] }, good, { variables: {}, correlation_id: 7 }, { vars: {} }],
      400,
      'VALIDATION_FAILED',
      ['/entries/1/variables', '/entries/3/correlation_id', '/entries/4/vars'],
    ],
    [
      'a NUL',
      [good, { variables: { name: 'a\0' } }],
      400,
      'VALIDATION_FAILED',
      ['/entries/1/variables/name'],
    ],
    [
      'variables missing',
      [{}, good, { variables: { nam: 'x' } }],
      422,
      'TEMPLATE_VARIABLES_MISSING',
      ['/entries/0/variables/name', '/entries/2/variables/name'],
    ],
    [
      'variables missing in very many',
      [...Array.from({ length: 300 }, () => ({})), good],
      422,
      'TEMPLATE_VARIABLES_MISSING',
      Array.from({ length: 300 }, (_, index) => `/entries/${index}/variables/name`),
    ],
    [
      'a prompt that gets too large',
      [good, { variables: { name: 'x'.repeat(210 * 1024) } }],
      413,
      'RENDERED_PROMPT_TOO_LARGE',
      ['/entries/1'],
    ],
  ];

  it.each(cases)(
    '(%s) is refused as a whole, with a pointer for each',
    async (_what, entries, status, code, pointers) => {
      const before = await rowCounts();
      const headers = { 'idempotency-key': 'of a bad batch' };
      const refused = await stage.admin.post(BATCH, { ...shared, entries }, headers);
      expectProblem(refused, status, code);
      const errors = refused.body['errors'] as { pointer: string; message: string }[];
      expect(errors.map(({ pointer }) => pointer).sort()).toEqual([...pointers].sort());
      expect(await rowCounts()).toEqual(before);
    },
  );

  it('and one key is told of the other body', async () => {
    const headers = { 'idempotency-key': 'of a batch' };
    const first = await stage.admin.post(BATCH, { ...shared, entries: [good] }, headers);
    expect(first.status).toBe(202);
    const another = await stage.admin.post(BATCH, { ...shared, entries: [good, good] }, headers);
    expectProblem(another, 422, 'IDEMPOTENCY_KEY_REUSED');
  });
});
