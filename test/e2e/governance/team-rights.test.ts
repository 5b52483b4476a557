import type { ApiBody, ApiResponse } from '../../support/api-client.js';
import { expectProblem, type Stage, startStage } from '../stage.js';
import { move, rollBack, setRules } from './environments.js';
import { type KeyClient, makeKey, memberClient } from '../people.js';

let stage: Stage;
/** A viewer of the project who is an editor of the team `ours`. */
let editor: KeyClient;
/** A key of the same person that is no wider than a viewer. */
let narrow: KeyClient;
/** A viewer of the project who is a runner of the team `ours`. */
let runner: KeyClient;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: 'echo/echo' });
  const [one, other] = [await memberClient(stage, 'viewer'), await memberClient(stage, 'viewer')];
  await stage.admin.put('/v1/teams/ours', { members: [one.userId], role: 'editor' });
  await stage.admin.put('/v1/teams/ours-runs', { members: [other.userId], role: 'runner' });
  editor = await makeKey(stage, stage.admin, { role: 'editor', user_id: one.userId });
  narrow = await makeKey(stage, stage.admin, { role: 'viewer', user_id: one.userId });
  runner = await makeKey(stage, stage.admin, { role: 'runner', user_id: other.userId });
  const owners = { ours: 'ours', 'ours-runs': 'ours-runs', theirs: 'theirs', nobodys: null };
  for (const [name, owner_team] of Object.entries(owners)) {
    for (const text of ['one {{x}}', 'two {{x}}']) {
      const body = { template_source: `${name} ${text}`, owner_team, set_active: true };
      expect((await stage.admin.put(`/v1/prompts/${name}`, body)).status).toBe(200);
    }
  }
});
afterAll(() => stage.close());

function expectForbidden(answer: ApiResponse<ApiBody>, scope: string): void {
  expectProblem(answer, 403, 'FORBIDDEN');
  expect(answer.body).toMatchObject({ missing_scopes: [scope] });
}

describe('an editor of a team', () => {
  it('moves the pointers of its prompts, back too, and those of no others', async () => {
    expect((await move(editor, 'ours', 'staging', 1)).status).toBe(200);
    expect((await move(editor, 'ours', 'staging', 2)).status).toBe(200);
    expect((await rollBack(editor, 'ours', 'staging')).body).toMatchObject({
      version: { version_number: 1 },
    });
    for (const name of ['theirs', 'nobodys', 'ours-runs']) {
      expect((await move(stage.admin, name, 'staging', 1)).status).toBe(200);
      expect((await move(stage.admin, name, 'staging', 2)).status).toBe(200);
      expectForbidden(await move(editor, name, 'staging', 1), 'environments:move');
      expectForbidden(await rollBack(editor, name, 'staging'), 'environments:move');
    }
    expectForbidden(await move(narrow, 'ours', 'staging', 1), 'environments:move');
    expectForbidden(await rollBack(narrow, 'ours', 'staging'), 'environments:move');
    expectForbidden(await move(runner, 'ours-runs', 'staging', 1), 'environments:move');
    expectProblem(await move(editor, 'unknown', 'staging', 1), 404, 'PROMPT_NOT_FOUND');
  });

  it('moves nothing that is protected', async () => {
    await setRules(stage.admin, 'vault', { protected: true });
    expectProblem(await move(editor, 'ours', 'vault', 1), 409, 'ENVIRONMENT_PROTECTED');
    expectForbidden(await move(editor, 'theirs', 'vault', 1), 'environments:move');
  });
});

describe('a runner of a team', () => {
  const request = (prompt_name: string) => ({ prompt_name, variables: { x: 1 } });
  const batch = (prompt_name: string) => ({ prompt_name, entries: [{ variables: { x: 1 } }] });
  const completion = (name: string) => ({ model: `prompt/${name}`, prompt_variables: { x: 1 } });
  /** Each way to run a prompt. A query keeps a request off the fast path. */
  const WAYS: readonly [string, (name: string) => [path: string, body: ApiBody]][] = [
    ['run', (name) => ['/v1/executions:run', request(name)]],
    ['run, the ordinary way', (name) => ['/v1/executions:run?', request(name)]],
    ['submit', (name) => ['/v1/executions:submit', request(name)]],
    ['submit, the ordinary way', (name) => ['/v1/executions:submit?', request(name)]],
    ['stream', (name) => ['/v1/executions:stream', request(name)]],
    ['submit-batch', (name) => ['/v1/executions:submit-batch', batch(name)]],
    ['execute', (name) => [`/v1/prompts/${name}/execute`, { variables: { x: 1 } }]],
    ['chat completion', (name) => ['/openai/v1/chat/completions', completion(name)]],
    ['streamed completion', (name) => ['/openai/v1/chat/completions', { ...completion(name), stream: true }]],
  ];

  beforeAll(async () => {
    for (const [name, owner_team] of [
      ['code-ours', 'ours-runs'],
      ['code-theirs', 'theirs'],
    ]) {
      const prompts = [{ name, owner_team, template_source: 'code {{x}}' }];
      expect((await stage.admin.post('/v1/prompts/register-code', { prompts })).status).toBe(200);
    }
  });

  async function send(client: KeyClient, [path, body]: [string, ApiBody]) {
    const response = await fetch(stage.ledger.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': client.key },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  }

  it.each(WAYS)('runs its prompts, and no others, by %s', async (way, requestOf) => {
    const [own, other] = way === 'execute' ? ['code-ours', 'code-theirs'] : ['ours-runs', 'theirs'];
    const answer = await send(runner, requestOf(own));
    expect([answer.status, answer.text]).toEqual([
      ['submit', 'submit, the ordinary way', 'submit-batch'].includes(way) ? 202 : 200,
      expect.any(String),
    ]);
    for (const [client, name] of [
      [runner, other],
      [editor, other],
      [narrow, other],
      [narrow, own],
      [editor, own],
    ] as const) {
      const refused = await send(client, requestOf(name));
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('executions:run');
    }
    // An editor of a team is also a runner of it.
    if (way !== 'execute') expect((await send(editor, requestOf('ours'))).status).toBeLessThan(300);
    if (way !== 'execute') expect((await send(runner, requestOf('nobodys'))).status).toBe(403);
  });

  it('runs nothing but prompts', async () => {
    const content = { ...request('ours-runs'), content: { template_source: 'mine {{x}}' } };
    expectForbidden(await runner.post('/v1/executions:run', content), 'executions:run');
    const messages = [{ role: 'user', content: 'hello' }];
    const bare = await send(runner, ['/openai/v1/chat/completions', { model: 'echo/echo', messages }]);
    expect(bare.status).toBe(403);
    expectProblem(await runner.post('/v1/executions:run', request('unknown')), 404, 'PROMPT_NOT_FOUND');
  });

  it('does not get the first answer to the key of somebody else', async () => {
    const key = { 'idempotency-key': 'of-somebody-else' };
    const first = await stage.admin.post('/v1/executions:run', request('theirs'), key);
    expect(first.status).toBe(200);
    expectForbidden(await runner.post('/v1/executions:run', request('theirs'), key), 'executions:run');
  });

  it('stops running with the next request once the prompt is another team’s', async () => {
    await stage.admin.put('/v1/prompts/given', {
      template_source: 'given {{x}}',
      owner_team: 'ours-runs',
      set_active: true,
    });
    expect((await runner.post('/v1/executions:run', request('given'))).status).toBe(200);
    await stage.admin.put('/v1/prompts/given', { template_source: 'given {{x}}', owner_team: 'theirs' });
    expectForbidden(await runner.post('/v1/executions:run', request('given')), 'executions:run');
  });

  it('finds in /v1/me what it may do over prompts, and nothing else', async () => {
    const { body } = await runner.get('/v1/me');
    expect(body['teams']).toEqual([{ name: 'ours-runs', role: 'runner', scopes: ['executions:run'] }]);
    expect(body['scopes']).not.toContain('executions:run');
    expect((await editor.get('/v1/me')).body['teams']).toEqual([
      {
        name: 'ours',
        role: 'editor',
        scopes: expect.arrayContaining(['prompts:write', 'executions:run', 'environments:move']) as unknown,
      },
    ]);
  });
});
