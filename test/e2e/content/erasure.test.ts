import { createClient } from 'redis';
import { api, type ApiBody, type ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { findInDatabase } from '../../support/database/find-in-database.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { testRedisUrl } from '../../support/servers/redis.js';
import { runCli } from '../cli.js';
import { memberClient } from '../people.js';
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

const CANARY = 'canary-of-erasure-4711';
const RUN = '/v1/executions:run';

let stage: Stage;
/** Another process on the same database. */
let other: LedgerProcess;
let elsewhere: ApiClient;
let nextKey = 0;

beforeAll(async () => {
  stage = await startStage({
    REDIS_URL: testRedisUrl(),
    DEBUG: 'true',
    LOG_LEVEL: 'trace',
    POLL_INTERVAL_MS: '50',
  });
  other = await startLedger({ env: { ...stage.env, REDIS_URL: testRedisUrl() } });
  elsewhere = api(other.url, ADMIN_KEY);
  await putPrompt(stage.admin, 'greeting', 'Hello {{text}}');
  await stage.admin.post('/v1/prompts/register-code', {
    prompts: [{ name: 'greeting-of-code', template_source: 'Hello {{text}}' }],
  });
  stage.openai.behaveForModel('gpt-4o', { kind: 'error', status: 400, message: `no: ${CANARY}` });
});
afterAll(async () => {
  await other.stop();
  await stage.close();
});

const body = {
  prompt_name: 'greeting',
  variables: { text: CANARY },
  model: OPENAI,
  params: { stop: [CANARY] },
  metadata: { customer: CANARY },
};
const newKey = () => ({ 'idempotency-key': `erasure ${(nextKey += 1)}` });
const erase = (id: string) => stage.admin.delete(`/v1/executions/${id}/content`);

async function findInRedis(): Promise<string[]> {
  const redis = createClient({ url: testRedisUrl() });
  await redis.connect();
  const found: string[] = [];
  for await (const keys of redis.scanIterator()) {
    for (const key of keys) {
      const dump = await redis.dump(key);
      if ([key, dump].join(' ').includes(CANARY)) found.push(key);
    }
  }
  await redis.close();
  return found;
}

/** Runs executions of every kind. @returns their ids. */
async function execute(): Promise<string[]> {
  const idOf = (answer: { readonly body: ApiBody }) => String(answer.body['execution_id']);
  const { admin } = stage;
  const ids = [
    idOf(await admin.post(RUN, body, newKey())),
    idOf(await admin.post(RUN, { ...body, cache: { ttl_s: 60 } })),
    idOf(await admin.post(RUN, { ...body, model: { ...OPENAI, model_name: 'gpt-4o' } }, newKey())),
    await submit(admin, body),
    idOf(
      await admin.post('/v1/prompts/greeting-of-code/execute', { variables: body.variables, model: OPENAI }),
    ),
  ];
  const completion = await fetch(`${stage.ledger.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'openai/gpt-4o-mini',
      messages: [{ role: 'user', content: CANARY }],
      tools: [{ type: 'function', function: { name: 'look', description: CANARY } }],
      metadata: { customer: CANARY },
    }),
  });
  ids.push(completion.headers.get('x-execution-id') ?? '');
  await completion.text();
  const batch = await admin.post<{ execution_ids: string[] }>('/v1/executions:submit-batch', {
    prompt_name: 'greeting',
    model: OPENAI,
    entries: [{ variables: body.variables, metadata: body.metadata }],
  });
  ids.push(...batch.body.execution_ids);
  const recorded = await admin.post<{ recorded: { execution_id: string }[] }>('/v1/executions:record', {
    executions: [
      {
        ...body,
        status: 'succeeded',
        response_text: CANARY,
        tool_calls: [{ name: 'look', arguments: CANARY }],
        usage: { prompt_tokens: 1, raw: { note: CANARY } },
        started_at: '2026-11-24T10:00:00Z',
      },
      { ...body, status: 'failed', error_message: CANARY, started_at: '2026-11-24T10:00:00Z' },
    ],
  });
  ids.push(...recorded.body.recorded.map(({ execution_id: id }) => id));
  for (const id of ids) await untilFinal(admin, id);
  return ids;
}

/** Returns the facts, which stay. */
function factsOf(execution: ApiBody): ApiBody {
  const { attempts, ...rest } = execution as ApiBody & { attempts: ApiBody[] };
  const content = [
    'variables',
    'rendered_prompt',
    'messages',
    'extras',
    'response_text',
    'response_sha256',
    'tool_calls',
    'metadata',
  ];
  const gone = [...content, 'error_message', 'params', 'vendor_params', 'content_erased_at'];
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => !gone.includes(name))),
    attempts: attempts.map(({ error_message: _message, usage: _usage, ...attempt }) => attempt),
  };
}

it('leaves nothing of executions of any kind in database, Redis, logs and routes, and all their facts', async () => {
  const ids = await execute();
  const analytics = async () =>
    [
      await stage.admin.get('/v1/analytics/prompts?mode=all'),
      await stage.admin.get('/v1/analytics/costs'),
    ].map((answer) => answer.body);
  const [before, counts] = [
    await Promise.all(ids.map((id) => getExecution(stage.admin, id))),
    await analytics(),
  ];
  expect(JSON.stringify(before)).toContain(CANARY);
  for (const id of ids) expect(await erase(id)).toMatchObject({ status: 204 });
  expect(await findInDatabase(stage.owner, [CANARY])).toEqual([]);
  expect(await findInRedis()).toEqual([]);
  expect([...stage.ledger.logs, ...other.logs].filter((line) => line.includes(CANARY))).toEqual([]);
  const after = await Promise.all(ids.map((id) => getExecution(elsewhere, id)));
  expect(JSON.stringify(after)).not.toContain(CANARY);
  expect(after.map(factsOf)).toEqual(before.map(factsOf));
  expect(await analytics()).toEqual(counts);
  const list = await stage.admin.get<{ executions: ApiBody[] }>('/v1/executions');
  expect(list.body.executions.map(({ content_erased_at: at }) => typeof at)).toEqual(ids.map(() => 'string'));
  const [first] = ids;
  expect((await stage.admin.get(`/v1/executions/${first}/deliveries`)).status).toBe(200);
  expect(after[0]).toMatchObject({
    variables: null,
    rendered_prompt: null,
    response_text: null,
    response_sha256: null,
  });
});

it.each([
  ['a run', RUN, 200],
  ['a stream', '/v1/executions:stream', 200],
  ['a submit', '/v1/executions:submit', 202],
])(
  'answers a repeated key of %s with 410 on every process, and runs nothing',
  async (_what, path, status) => {
    const key = newKey();
    const first = await fetch(`${stage.ledger.url}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json', ...key },
      body: JSON.stringify(body),
    });
    // A stream is over when it is read.
    await first.text();
    expect(first.status).toBe(status);
    const [latest] = await stage.sql<{ id: string }>(
      'SELECT execution_id AS id FROM execution_inputs ORDER BY 1 DESC LIMIT 1',
    );
    const id = latest?.id as string;
    await untilFinal(stage.admin, id);
    await erase(id);
    const { content_erased_at: erasedAt } = await getExecution(stage.admin, id);
    const count = async () => (await stage.sql('SELECT FROM execution_inputs')).length;
    const before = await count();
    for (const client of [stage.admin, elsewhere]) {
      const answer = await client.post(path, body, key);
      expectProblem(answer, 410, 'CONTENT_ERASED');
      expect(answer.body).toMatchObject({ execution_id: id, content_erased_at: erasedAt });
    }
    expect(await count()).toBe(before);
  },
);

it('asks the provider again for a request whose cached answer was erased', async () => {
  const cached = { ...body, variables: { text: `${CANARY} cached` }, cache: { ttl_s: 60 } };
  const first = await stage.admin.post(RUN, cached);
  expect((await elsewhere.post(RUN, cached)).body).toMatchObject({ cache_hit: true });
  await erase(String(first.body['execution_id']));
  expect((await elsewhere.post(RUN, cached)).body).toMatchObject({ cache_hit: false });
});

it("is an admin's, is refused while the execution is in flight, and knows nothing of others", async () => {
  const approver = await memberClient(stage, 'approver');
  const { body: done } = await stage.admin.post(RUN, body);
  const path = `/v1/executions/${String(done['execution_id'])}/content`;
  expectProblem(await approver.delete(path), 403, 'FORBIDDEN');
  expect((await getExecution(stage.admin, String(done['execution_id'])))['content_erased_at']).toBeNull();
  stage.openai.behave({ kind: 'hang', at: 'start' });
  const id = await submit(stage.admin, body);
  await eventually(async () => (await getExecution(stage.admin, id)).status === 'running');
  expectProblem(await erase(id), 409, 'EXECUTION_NOT_FINAL');
  stage.openai.reset();
  expectProblem(await stage.admin.delete('/v1/executions/none/content'), 400, 'VALIDATION_FAILED');
});

it('can be had on the command line, which shows what is left', async () => {
  const { body: done } = await stage.admin.post(RUN, body);
  const id = String(done['execution_id']);
  const env = { PROMPT_LEDGER_URL: stage.ledger.url, PROMPT_LEDGER_API_KEY: ADMIN_KEY };
  const erased = await runCli(['executions', 'erase', id], { env });
  expect(erased).toMatchObject({ code: 0, stdout: '' });
  const shown = await runCli(['executions', 'show', id], { env });
  expect(shown).toMatchObject({ code: 0 });
  expect(shown.stdout).toContain('erased');
  expect(shown.stdout).not.toContain(CANARY);
});
