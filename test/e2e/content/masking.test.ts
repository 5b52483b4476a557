import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { findInDatabase } from '../../support/database/find-in-database.js';
import { startWorker } from '../../support/servers/processes.js';
import {
  ECHO,
  expectProblem,
  getExecution,
  OPENAI,
  type Execution,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';
import { makeProject, type TestProject } from '../people.js';

const EMAIL = 'canary.ada@example.org';
const RUN = '/v1/executions:run';
const MASK = ['email', 'card_*', 'customer.phone', '/^pin$/'];

let stage: Stage;
let project: TestProject;
let client: ApiClient;
let nextKey = 0;

beforeAll(async () => {
  // Submitted executions wait until the test starts a worker.
  stage = await startStage({ WORKER: 'off', DEBUG: 'true', LOG_LEVEL: 'trace' });
  project = await makeProject(stage, { settings: { mask: MASK } });
  client = project.admin;
  await putPrompt(client, 'mail', 'Write to {{email}} ({{email | upcase}}) for {{name}}');
  await putPrompt(client, 'chat', [
    { role: 'system', content: 'You write to {{email}}.' },
    { role: 'user', content: '{% for one in list %}{{ one.email }} {% endfor %}{{text}}' },
  ]);
  await client.post('/v1/prompts/register-code', {
    prompts: [{ name: 'code', template_source: 'Write to {{email}}' }],
  });
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const newKey = () => ({ 'idempotency-key': `masking ${(nextKey += 1)}` });
const body = { prompt_name: 'mail', variables: { email: EMAIL, name: 'Ada' }, model: OPENAI };
/** The last request to the provider. */
const sent = () => JSON.stringify(stage.openai.requests.at(-1)?.body);

async function expectMaskedEverywhere(ids: readonly string[]): Promise<Execution[]> {
  const found = await Promise.all(ids.map((id) => untilFinal(client, id)));
  expect(JSON.stringify(found)).not.toContain('anary.ada');
  expect(await findInDatabase(stage.owner, [EMAIL, EMAIL.toUpperCase()])).toEqual([]);
  expect(stage.ledger.logs.filter((line) => line.includes(EMAIL))).toEqual([]);
  return found;
}

it('is told to the provider and to the caller as it came, and kept masked', async () => {
  stage.openai.behave({ kind: 'answer', text: `Sent to ${EMAIL}.` });
  const answer = await client.post<Execution>(RUN, body);
  expect(sent()).toContain(`Write to ${EMAIL} (${EMAIL.toUpperCase()}) for Ada`);
  expect(answer.body.response_text).toBe(`Sent to ${EMAIL}.`);
  const [kept] = await expectMaskedEverywhere([answer.body.execution_id]);
  expect(kept).toMatchObject({
    masked: ['email'],
    variables: { email: '***', name: 'Ada' },
    rendered_prompt: 'Write to *** (***) for Ada',
    response_text: 'Sent to ***.',
  });
});

it('is masked in what a repeated key is answered, and whatever else is kept', async () => {
  stage.openai.behave({ kind: 'answer', text: `Sent to ${EMAIL}.` });
  const key = newKey();
  const first = await client.post<Execution>(RUN, body, key);
  const again = await client.post<Execution>(RUN, body, key);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(again.body).toMatchObject({ execution_id: first.body.execution_id, response_text: 'Sent to ***.' });
  await expectMaskedEverywhere([first.body.execution_id]);
});

it.each<[string, ApiBody, ApiBody, string[], string]>([
  [
    'a pattern',
    { card_number: '4111-canary', name: 'A', email: 'none@x.org' },
    { card_number: '***', name: 'A', email: '***' },
    ['card_number', 'email'],
    '4111-canary',
  ],
  [
    'a path',
    { email: 'x@y.org', name: 'A', customer: { phone: '555-canary', city: 'B' } },
    { email: '***', name: 'A', customer: { phone: '***', city: 'B' } },
    ['email', 'customer.phone'],
    '555-canary',
  ],
  [
    'an expression',
    { email: 'x@y.org', name: 'A', pin: 12345678 },
    { email: '***', name: 'A', pin: '***' },
    ['email', 'pin'],
    '12345678',
  ],
])('goes by %s', async (_what, variables, kept, masked, canary) => {
  stage.openai.behave({ kind: 'answer', text: 'Done.' });
  const { body: answer } = await client.post<Execution>(RUN, { ...body, variables });
  expect(await getExecution(client, answer.execution_id)).toMatchObject({ masked, variables: kept });
  expect(await findInDatabase(stage.owner, [canary])).toEqual([]);
});

it('is masked in chat prompts, lists, other variables and the messages behind a prompt', async () => {
  stage.openai.behave({ kind: 'answer', text: `To ${EMAIL}` });
  const variables = { email: EMAIL, list: [{ email: `2.${EMAIL}` }], text: `Not to ${EMAIL}` };
  const completion = await fetch(`${stage.ledger.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': project.admin.key, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'prompt/chat',
      prompt_variables: variables,
      prompt_model: 'openai/gpt-4o-mini',
      messages: [
        { role: 'assistant', content: `I wrote to ${EMAIL}` },
        { role: 'user', content: 'Again' },
      ],
    }),
  });
  expect(await completion.text()).toContain(`To ${EMAIL}`);
  expect(sent()).toContain(`I wrote to ${EMAIL}`);
  const [kept] = await expectMaskedEverywhere([completion.headers.get('x-execution-id') ?? '']);
  expect(kept).toMatchObject({
    masked: ['email', 'list.email'],
    messages: [
      { role: 'system', content: 'You write to ***.' },
      { role: 'user', content: '*** Not to ***' },
      { role: 'assistant', content: 'I wrote to ***' },
      { role: 'user', content: 'Again' },
    ],
  });
});

it('is masked of a stream, of code, of what is recorded, and of failures that quote it', async () => {
  stage.openai.behave({ kind: 'answer', text: `To ${EMAIL}` });
  const stream = await fetch(`${stage.ledger.url}/v1/executions:stream`, {
    method: 'POST',
    headers: { 'x-api-key': project.admin.key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const id = /"execution_id":"([^"]+)"/.exec(await stream.text())?.[1] ?? '';
  const code = await client.post<Execution>('/v1/prompts/code/execute', {
    variables: { email: EMAIL },
    model: OPENAI,
  });
  const told = { ...body, started_at: '2026-11-24T10:00:00Z' };
  const recorded = await client.post<{ recorded: { execution_id: string }[] }>('/v1/executions:record', {
    executions: [
      {
        ...told,
        status: 'succeeded',
        response_text: `To ${EMAIL}`,
        tool_calls: [{ name: 'm', arguments: `{"to":"${EMAIL}"}` }],
        usage: { raw: { note: EMAIL } },
      },
      { ...told, status: 'failed', error_message: `no ${EMAIL}` },
    ],
  });
  stage.openai.behave({ kind: 'error', status: 400, message: `cannot write to ${EMAIL}` });
  const failed = await client.post(RUN, body, newKey());
  expect(failed.status).toBe(502);
  const ids = [
    id,
    code.body.execution_id,
    ...recorded.body.recorded.map((one) => one.execution_id),
    String(failed.body['execution_id']),
  ];
  const kept = await expectMaskedEverywhere(ids);
  expect(kept.map(({ masked }) => masked)).toEqual(ids.map(() => ['email']));
});

it('waits in the queue unmasked, reaches the provider, and is gone from there when it is over', async () => {
  const id = await submit(client, body);
  const batch = await client.post<{ execution_ids: string[] }>('/v1/executions:submit-batch', {
    prompt_name: 'chat',
    model: OPENAI,
    entries: [{ variables: { email: EMAIL, list: [], text: 'a' } }],
  });
  expect(await findInDatabase(stage.owner, [EMAIL])).toEqual(['executions_in_flight.unmasked']);
  expect(await getExecution(client, id)).toMatchObject({
    status: 'queued',
    variables: { email: '***' },
    masked: ['email'],
  });
  stage.openai.behave({ kind: 'answer', text: `To ${EMAIL}` });
  const worker = await startWorker({ env: stage.env });
  const [one, other] = await expectMaskedEverywhere([id, ...batch.body.execution_ids]);
  await worker.stop();
  const received = stage.openai.requests.map((request) => JSON.stringify(request.body)).join('\n');
  expect(received).toContain(`Write to ${EMAIL} (${EMAIL.toUpperCase()}) for Ada`);
  expect(received).toContain(`You write to ${EMAIL}.`);
  for (const kept of [one, other])
    expect(kept).toMatchObject({ status: 'succeeded', response_text: 'To ***' });
});

it('leaves a prompt that does not render without the value masked as a whole', async () => {
  await putPrompt(client, 'branch', '{% if email == "a@b.c" %}{{name}}{% else %}{{other}}{% endif %}');
  stage.openai.behave({ kind: 'answer', text: 'Done.' });
  const { body: answer } = await client.post<Execution>(RUN, {
    ...body,
    prompt_name: 'branch',
    variables: { email: 'a@b.c', name: 'Ada' },
  });
  expect(sent()).toContain('Ada');
  expect(await getExecution(client, answer.execution_id)).toMatchObject({
    rendered_prompt: '***',
    masked: ['email'],
  });
});

it('is never answered from the cache, and says nothing of a request without such variables', async () => {
  stage.openai.behave({ kind: 'answer', text: `To ${EMAIL}` });
  const cached = { ...body, cache: { ttl_s: 60 } };
  for (const _ of [1, 2]) {
    expect((await client.post(RUN, cached)).body).toMatchObject({
      cache_hit: false,
      response_text: `To ${EMAIL}`,
    });
  }
  const { body: answer } = await stage.admin.post<Execution>(RUN, {
    ...body,
    prompt_name: 'plain',
    model: ECHO,
  });
  expect(answer).toMatchObject({ code: 'PROMPT_NOT_FOUND' });
  await putPrompt(stage.admin, 'plain', 'Hello {{email}}');
  const { body: plain } = await stage.admin.post<Execution>(RUN, {
    ...body,
    prompt_name: 'plain',
    model: ECHO,
  });
  expect(await getExecution(stage.admin, plain.execution_id)).toMatchObject({
    masked: [],
    variables: body.variables,
  });
});

it('holds from the answer to the settings on, and refuses patterns that nobody can read', async () => {
  const { id, admin } = await makeProject(stage);
  await putPrompt(admin, 'mail', 'Write to {{email}}');
  await admin.post(RUN, { ...body, model: ECHO, variables: { email: 'before@x.org' } });
  await stage.admin.patch(`/v1/projects/${id}`, { settings: { mask: ['email'] } });
  const { body: answer } = await admin.post<Execution>(RUN, {
    ...body,
    model: ECHO,
    variables: { email: 'after@x.org' },
  });
  await eventually(async () => (await getExecution(admin, answer.execution_id)).status === 'succeeded');
  expect(await getExecution(admin, answer.execution_id)).toMatchObject({ variables: { email: '***' } });
  expectProblem(
    await admin.patch(`/v1/projects/${id}`, { settings: { mask: ['/(/'] } }),
    400,
    'VALIDATION_FAILED',
  );
});

describe('the default model of a project', () => {
  it('is called where a request names none, on every route, and another one where it does', async () => {
    const { admin } = await makeProject(stage, { settings: { default_model: 'openai/gpt-4o' } });
    await putPrompt(admin, 'mail', 'Hello');
    await admin.post('/v1/prompts/register-code', { prompts: [{ name: 'code', template_source: 'Hello' }] });
    const asked = { prompt_name: 'mail' };
    const model = { provider: 'openai', model_name: 'gpt-4o' };
    expect((await admin.post(RUN, asked)).body).toMatchObject({ model });
    expect((await admin.post(RUN, { ...asked, model: OPENAI })).body).toMatchObject({ model: OPENAI });
    const id = await submit(admin, asked);
    expect(await getExecution(admin, id)).toMatchObject({ model });
    const batch = await admin.post<{ batch_id: string }>('/v1/executions:submit-batch', {
      ...asked,
      entries: [{}],
    });
    expect((await admin.get(`/v1/batches/${batch.body.batch_id}`)).body).toMatchObject({ model });
    const code = await admin.post<Execution>('/v1/prompts/code/execute', {
      variables: {},
      provider: 'openai',
    });
    expect(await getExecution(admin, code.body.execution_id)).toMatchObject({ model });
    const completion = await admin.post('/openai/v1/chat/completions', { model: 'prompt/mail' });
    expect(completion.status).toBe(200);
    expect(completion.body['model']).toContain('gpt-4o');
  });
});
