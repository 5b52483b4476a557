import { api, type ApiBody, type ApiClient, type ApiResponse } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { startLedger } from '../../support/servers/processes.js';
import {
  ADMIN_KEY,
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  promptPath,
  type PutAnswer,
  putPrompt,
  type Stage,
  startStage,
  UNKNOWN_ID,
} from '../stage.js';

const ALL_SCOPES = [
  'prompts:read',
  'prompts:write',
  'executions:run',
  'executions:read',
  'analytics:read',
  'models:write',
  'keys:write',
  'budgets:write',
];

interface CreatedKey extends ApiBody {
  readonly key_id: string;
  readonly key: string;
}

let stage: Stage;
let greeting: PutAnswer;
let executionId: string;

beforeAll(async () => {
  stage = await startStage();
  greeting = await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  const run = await stage.admin.post('/v1/executions:run', runBody);
  executionId = String(run.body['execution_id']);
});
afterAll(() => stage.close());

const runBody = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: ECHO };

async function createKey(scopes: readonly string[], more: ApiBody = {}): Promise<CreatedKey> {
  const answer = await stage.admin.post<CreatedKey>('/v1/keys', { name: 'a key', scopes, ...more });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

function withKey(key: string | null): ApiClient {
  return api(stage.ledger.url, key);
}

/** A route, the scope that it needs, and a request that succeeds for a key with that scope. */
const ROUTES: [string, string, (client: ApiClient) => Promise<{ status: number }>][] = [
  ['GET /v1/prompts', 'prompts:read', (c) => c.get('/v1/prompts')],
  ['GET /v1/prompts/{name}', 'prompts:read', (c) => c.get('/v1/prompts/greeting')],
  ['GET …/versions', 'prompts:read', (c) => c.get('/v1/prompts/greeting/versions')],
  ['GET …/versions/{n}', 'prompts:read', (c) => c.get('/v1/prompts/greeting/versions/1')],
  ['GET /v1/versions/{id}', 'prompts:read', (c) => c.get(`/v1/versions/${greeting.version.version_id}`)],
  [
    'POST …:render',
    'prompts:read',
    (c) => c.post('/v1/prompts/greeting:render', { variables: { name: 'Ada' } }),
  ],
  [
    'PUT /v1/prompts/{name}',
    'prompts:write',
    (c) => c.put('/v1/prompts/other', { template_source: 'Other' }),
  ],
  ['POST …:activate', 'prompts:write', (c) => c.post('/v1/prompts/greeting/versions/1:activate')],
  ['DELETE /v1/prompts/{name}', 'prompts:write', (c) => c.delete('/v1/prompts/other')],
  ['POST /v1/executions:run', 'executions:run', (c) => c.post('/v1/executions:run', runBody)],
  ['POST /v1/executions:submit', 'executions:run', (c) => c.post('/v1/executions:submit', runBody)],
  ['GET /v1/executions', 'executions:read', (c) => c.get('/v1/executions')],
  ['GET /v1/executions/{id}', 'executions:read', (c) => c.get(`/v1/executions/${executionId}`)],
  [
    'PUT /v1/models/{provider}/{model_name}',
    'models:write',
    (c) => c.put('/v1/models/echo/echo', { max_tokens: null, supports_streaming: true }),
  ],
  ['GET /v1/budgets', 'analytics:read', (c) => c.get('/v1/budgets')],
  [
    'POST /v1/budgets',
    'budgets:write',
    (c) =>
      c.post('/v1/budgets', { name: 'b', scope: 'prompt', scope_value: 'p', period: 'day', limit_usd: '1' }),
  ],
  ['GET /v1/keys', 'keys:write', (c) => c.get('/v1/keys')],
  ['POST /v1/keys', 'keys:write', (c) => c.post('/v1/keys', { name: 'k', scopes: ['keys:write'] })],
  [
    'PATCH /v1/keys/{id}',
    'keys:write',
    async (c) => c.patch(`/v1/keys/${(await createKey(['keys:write'])).key_id}`, { rate_limits: {} }),
  ],
  [
    'DELETE /v1/keys/{id}',
    'keys:write',
    async (c) => c.delete(`/v1/keys/${(await createKey(['keys:write'])).key_id}`),
  ],
];

describe('authentication', () => {
  it.each(ROUTES)('is asked of %s', async (_route, _scope, call) => {
    for (const key of [null, 'wrong', `${ADMIN_KEY}x`, `pl_${UNKNOWN_ID}_${'a'.repeat(43)}`]) {
      expect(await call(withKey(key))).toMatchObject({ status: 401, body: { code: 'UNAUTHORIZED' } });
    }
  });

  it('is not asked of health, documentation and the OpenAPI document', async () => {
    for (const path of ['/health', '/health/live', '/health/ready', '/docs', '/openapi.json']) {
      const { status } = await fetch(`${stage.ledger.url}${path}`);
      expect({ path, status }).toEqual({ path, status: 200 });
    }
  });

  it('takes the key as X-API-Key and as Bearer token', async () => {
    const { key } = await createKey(['prompts:read']);
    const anonymous = withKey(null);
    for (const headers of [
      { 'x-api-key': key },
      { authorization: `Bearer ${key}` },
      { authorization: `Bearer ${ADMIN_KEY}` },
    ]) {
      expect(await anonymous.get('/v1/prompts', headers)).toMatchObject({ status: 200 });
    }
    for (const authorization of [`Basic ${key}`, key, 'Bearer', `Bearer ${key}x`]) {
      expectProblem(await anonymous.get('/v1/prompts', { authorization }), 401, 'UNAUTHORIZED');
    }
  });

  it('says the same whether the key is unknown, mutilated or of another secret', async () => {
    const { key } = await createKey(['prompts:read']);
    const swapped = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`;
    const bodies = await Promise.all(
      [`pl_${UNKNOWN_ID}_${'a'.repeat(43)}`, swapped, 'pl_x', "' OR 1=1 --"].map(
        async (wrong) => (await withKey(wrong).get('/v1/prompts')).body,
      ),
    );
    expect(new Set(bodies.map((body) => body['detail'])).size).toBe(1);
  });
});

describe('a scope', () => {
  it.each(ROUTES)('of %s (%s) opens it, and all others together do not', async (_route, scope, call) => {
    const enough = await createKey([scope]);
    expect((await call(withKey(enough.key))).status).toBeLessThan(300);
    const others = await createKey(ALL_SCOPES.filter((other) => other !== scope));
    expect(await call(withKey(others.key))).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it('is not asked for by the list of models', async () => {
    const { key } = await createKey(['analytics:read']);
    expect((await withKey(key).get('/v1/models')).status).toBe(200);
    expectProblem(await withKey(null).get('/v1/models'), 401, 'UNAUTHORIZED');
  });

  it('cannot be handed out by a key that lacks it', async () => {
    const { key } = await createKey(['keys:write']);
    const answer = await withKey(key).post('/v1/keys', { name: 'more', scopes: ['prompts:write'] });
    expectProblem(answer, 403, 'FORBIDDEN');
  });
});

describe('keys', () => {
  it('are shown once, when they are made', async () => {
    const created = await stage.admin.post<CreatedKey>('/v1/keys', {
      name: 'once',
      scopes: ['prompts:read'],
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        key_id: ANY_ID,
        name: 'once',
        scopes: ['prompts:read'],
        created_at: ANY_TIME,
        expires_at: null,
      },
    });
    const { key, key_id } = created.body;
    expect(key).toMatch(new RegExp(`^pl_${key_id}_[0-9A-Za-z]{43}$`));
    const list = await stage.admin.get<{ keys: ApiBody[] }>('/v1/keys');
    const listed = list.body.keys.find((entry) => entry['key_id'] === key_id);
    expect(listed).toMatchObject({ name: 'once', scopes: ['prompts:read'] });
    expect(listed).not.toHaveProperty('key');
    expect(JSON.stringify(list.body)).not.toContain(key.split('_')[2]);
    const rows = await stage.sql('SELECT api_keys::text AS row FROM api_keys');
    expect(JSON.stringify(rows)).not.toContain(key.split('_')[2]);
    expect(stage.ledger.logs.join('\n')).not.toContain(key.split('_')[2]);
  });

  it.each([
    ['without a scope', { scopes: [] }, '/scopes'],
    ['with an unknown scope', { scopes: ['prompts:fly'] }, '/scopes/0'],
    ['with the same scope twice', { scopes: ['prompts:read', 'prompts:read'] }, '/scopes'],
    ['that are expired', { expires_at: '2020-01-01T00:00:00Z' }, '/expires_at'],
    ['that expire on no date', { expires_at: 'tomorrow' }, '/expires_at'],
    ['without a name', { name: '' }, '/name'],
  ])('are not made %s', async (_what, change, pointer) => {
    const answer = await stage.admin.post('/v1/keys', { name: 'a', scopes: ['prompts:read'], ...change });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer }]);
  });

  it('are refused from expires_at on', async () => {
    const expires_at = new Date(Date.now() + 4000).toISOString();
    const { key, key_id } = await createKey(['prompts:read'], { expires_at });
    expect((await withKey(key).get('/v1/prompts')).status).toBe(200);
    await eventually(async () => (await withKey(key).get('/v1/prompts')).status === 401);
    const rows = await stage.sql<{ over: boolean }>(
      'SELECT expires_at <= now() AS over FROM api_keys WHERE key_id = $1',
      [key_id],
    );
    expect(rows).toEqual([{ over: true }]);
  });

  it('are refused within five seconds of their revocation, by another process as well', async () => {
    const second = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    const { key, key_id } = await createKey(['prompts:read']);
    expect((await withKey(key).get('/v1/prompts')).status).toBe(200);
    expect((await api(second.url, key).get('/v1/prompts')).status).toBe(200);
    expect(await stage.admin.delete(`/v1/keys/${key_id}`)).toMatchObject({ status: 204, body: null });
    const revokedAtMs = Date.now();
    expectProblem(await withKey(key).get('/v1/prompts'), 401, 'UNAUTHORIZED');
    let lastAcceptedSentAtMs = revokedAtMs;
    await eventually(async () => {
      const sentAtMs = Date.now();
      const { status } = await api(second.url, key).get('/v1/prompts');
      if (status === 200) lastAcceptedSentAtMs = sentAtMs;
      return status === 401;
    });
    expect(lastAcceptedSentAtMs - revokedAtMs).toBeLessThanOrEqual(5000);
    expectProblem(await api(second.url, key).get('/v1/prompts'), 401, 'UNAUTHORIZED');
    await second.stop();
  });

  it('that do not exist are not found', async () => {
    expectProblem(await stage.admin.delete(`/v1/keys/${UNKNOWN_ID}`), 404, 'KEY_NOT_FOUND');
    expectProblem(await stage.admin.delete('/v1/keys/not-an-id'), 400, 'VALIDATION_FAILED');
  });
});

describe('another project', () => {
  let foreign: ApiClient;

  beforeAll(async () => {
    const { key, key_id } = await createKey(ALL_SCOPES);
    const [project] = await stage.sql<{ project_id: string }>(
      `INSERT INTO projects (name) VALUES ('other') RETURNING project_id`,
    );
    await stage.sql('UPDATE api_keys SET project_id = $1 WHERE key_id = $2', [project?.project_id, key_id]);
    foreign = withKey(key);
  });

  it('sees nothing of this one in its lists', async () => {
    expect((await foreign.get('/v1/prompts')).body).toEqual({ prompts: [], next_cursor: null });
    expect((await foreign.get('/v1/executions')).body).toEqual({ executions: [], next_cursor: null });
    expect((await foreign.get('/v1/models')).body).toMatchObject({ data: [] });
    expect((await foreign.get<{ keys: ApiBody[] }>('/v1/keys')).body.keys).toHaveLength(1);
  });

  it('gets the very body of a thing that does not exist', async () => {
    const { key_id } = await createKey(['prompts:read']);
    const { version_id } = greeting.version;
    // Otherwise the runs would fail at the model.
    await foreign.put('/v1/models/echo/echo', { max_tokens: null, supports_streaming: true });
    type Call = (thing: string) => Promise<ApiResponse<ApiBody>>;
    const ofPrompt: Call[] = [
      (name) => foreign.get(promptPath(name)),
      (name) => foreign.get(`${promptPath(name)}/versions`),
      (name) => foreign.get(`${promptPath(name)}/versions/1`),
      (name) => foreign.post(`${promptPath(name)}:render`, {}),
      (name) => foreign.post(`${promptPath(name)}/versions/1:activate`),
      (name) => foreign.delete(promptPath(name)),
      (name) => foreign.post('/v1/executions:run', { ...runBody, prompt_name: name }),
    ];
    const calls: [code: string, existing: string, absent: string, call: Call][] = [
      ...ofPrompt.map((call): [string, string, string, Call] => [
        'PROMPT_NOT_FOUND',
        'greeting',
        'absentee',
        call,
      ]),
      ['VERSION_NOT_FOUND', version_id, UNKNOWN_ID, (id) => foreign.get(`/v1/versions/${id}`)],
      ['EXECUTION_NOT_FOUND', executionId, UNKNOWN_ID, (id) => foreign.get(`/v1/executions/${id}`)],
      ['KEY_NOT_FOUND', key_id, UNKNOWN_ID, (id) => foreign.delete(`/v1/keys/${id}`)],
      ['KEY_NOT_FOUND', key_id, UNKNOWN_ID, (id) => foreign.patch(`/v1/keys/${id}`, { rate_limits: {} })],
    ];
    for (const [code, existing, absent, call] of calls) {
      const answer = await call(existing);
      expectProblem(answer, 404, code);
      const renamed = JSON.stringify(answer.body).replaceAll(existing, absent);
      expect(JSON.parse(renamed)).toEqual((await call(absent)).body);
    }
    expect((await stage.admin.get(promptPath('greeting'))).status).toBe(200);
  });

  it('may use the same names for things of its own', async () => {
    await putPrompt(foreign, 'greeting', 'Another {{thing}}');
    expect((await stage.admin.get(promptPath('greeting'))).body).toMatchObject({
      active_version: { template_source: 'Hello {{name}}' },
    });
  });
});
