import { eventually } from '../../support/eventually.js';
import { api, type ApiBody, type ApiClient } from '../../support/api-client.js';
import { clientWith, otherProject } from '../other-project.js';
import { ANY_ID, ANY_TIME, expectProblem, putPrompt, type Stage, startStage } from '../stage.js';

interface Entry extends ApiBody {
  readonly audit_id: string;
  readonly at: string;
  readonly action: string;
  readonly actor: ApiBody;
  readonly subject: { readonly type: string; readonly id: string | null; readonly name: string | null };
  readonly before: ApiBody | null;
  readonly after: ApiBody | null;
}

interface Page extends ApiBody {
  readonly entries: readonly Entry[];
  readonly next_cursor: string | null;
}

const CANARY = 'canary0secret0value';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' });
});
afterAll(() => stage.close());

async function list(query = '', client: ApiClient = stage.admin): Promise<Page> {
  const { status, body } = await client.get<Page>(`/v1/audit${query === '' ? '' : `?${query}`}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

async function lines(query = ''): Promise<Entry[]> {
  const response = await fetch(`${stage.ledger.url}/v1/audit:export?${query}`, {
    headers: { 'x-api-key': stage.env['API_KEY'] ?? '' },
  });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  const text = await response.text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}

describe('GET /v1/audit', () => {
  it('tells who did what to what, and how it was before', async () => {
    const { prompt, version } = await putPrompt(stage.admin, 'team/told', 'one', { owner_team: 'A' });
    await putPrompt(stage.admin, 'team/told', 'two', { owner_team: 'B' });
    const { entries } = await list('subject=prompt/team/told');
    expect(entries).toHaveLength(2);
    expect(entries[0]).toEqual({
      audit_id: ANY_ID,
      at: ANY_TIME,
      actor: { kind: 'instance', id: null, key_id: null, name: 'admin' },
      from_address: expect.stringMatching(/127\.0\.0\.1$/),
      action: 'prompt.put',
      subject: { type: 'prompt', id: prompt.prompt_id, name: 'team/told' },
      before: { active_version_id: version.version_id, owner_team: 'A' },
      after: expect.objectContaining({ version_number: 2, version_change: true, owner_team: 'B' }),
      reason: null,
    });
    expect((await list(`subject=${prompt.prompt_id.toUpperCase()}`)).entries).toEqual(entries);
  });

  it('finds what has no name by its id', async () => {
    const { body: user } = await stage.admin.post<{ user_id: string }>('/v1/users', {
      name: 'bot',
      kind: 'service',
    });
    const { body: key } = await stage.admin.post<{ key_id: string }>('/v1/keys', {
      name: 'k',
      role: 'viewer',
    });
    await stage.admin.post(`/v1/keys/${key.key_id}:rotate`, {});
    const actionsOf = async (id: string) => (await list(`subject=${id}`)).entries.map(({ action }) => action);
    expect(await actionsOf(user.user_id)).toEqual(['user.create']);
    expect(await actionsOf(key.key_id)).toEqual(['key.rotate', 'key.create']);
  });

  it('has an entry for each prompt of a registration', async () => {
    const register = (text: string) =>
      stage.admin.post('/v1/prompts/register-code', {
        prompts: ['code/a', 'code/b'].map((name) => ({ name, template_source: `${name} ${text}` })),
        git: { commit: 'a'.repeat(40), branch: 'main', repository: 'acme/app' },
      });
    await register('one');
    await register('two');
    await register('two');
    const { entries } = await list('subject=prompt/code/b&action=prompt.register');
    expect(entries.map(({ after }) => after?.['version'])).toEqual([2, 1]);
    expect(entries[0]?.before).toEqual({ active_version_id: ANY_ID });
    expect(entries[1]?.before).toBeNull();
    expect(entries[0]?.after).toMatchObject({ branch: 'main', repository: 'acme/app' });
  });

  it('is narrowed by who, what and when, and read page by page', async () => {
    const key = await clientWith(stage, ['prompts:write', 'models:write']);
    const from = new Date().toISOString();
    for (const name of ['p/1', 'p/2', 'p/3']) await putPrompt(key, name, 'text');
    await key.delete('/v1/prompts/p%2F3');
    const by = await list(`actor=${key.keyId}`);
    expect(by.entries.map(({ action }) => action)).toEqual([
      'prompt.delete',
      'prompt.put',
      'prompt.put',
      'prompt.put',
    ]);
    expect(by.entries[0]?.actor).toEqual({ kind: 'key', id: key.keyId, key_id: key.keyId, name: 'a key' });
    expect(by.entries[0]?.before).toMatchObject({ mode: 'full' });
    const newest = by.entries[0] as Entry;
    expect((await list(`actor=a%20key&action=prompt.delete`)).entries).toEqual([newest]);
    expect((await list(`actor=${key.keyId}&from=${from}`)).entries).toHaveLength(4);
    expect((await list(`actor=${key.keyId}&to=${from}`)).entries).toEqual([]);
    expect((await list(`actor=${key.keyId}&from=${newest.at}`)).entries).toContainEqual(newest);

    const seen: Entry[] = [];
    let query = `actor=${key.keyId}&limit=3`;
    for (;;) {
      const page = await list(query);
      seen.push(...page.entries);
      if (page.next_cursor === null) break;
      query = `actor=${key.keyId}&limit=3&cursor=${page.next_cursor}`;
    }
    expect(seen).toEqual(by.entries);
    expect(await lines(`actor=${key.keyId}`)).toEqual(by.entries);
  });

  it('refuses what it does not know, and who may not read it', async () => {
    for (const query of [
      'from=x',
      'limit=201',
      'cursor=x',
      'odd=1',
      'actor=',
      'from=2030-01-01T00:00:00Z&to=2029-01-01T00:00:00Z',
    ]) {
      expectProblem(await stage.admin.get(`/v1/audit?${query}`), 400, 'VALIDATION_FAILED');
    }
    expectProblem(await stage.admin.get('/v1/audit:export?limit=5'), 400, 'VALIDATION_FAILED');
    const key = await clientWith(stage, ['prompts:read']);
    for (const path of ['/v1/audit', '/v1/audit:export'])
      expectProblem(await key.get(path), 403, 'FORBIDDEN');
  });

  it('shows a project its own entries only', async () => {
    await otherProject(stage);
    const key = await clientWith(stage, ['audit:read']);
    await stage.sql(
      `UPDATE api_keys SET project_id = (SELECT project_id FROM projects WHERE name LIKE 'other %' LIMIT 1) WHERE key_id = $1`,
      [key.keyId],
    );
    const { entries } = await list('limit=200', key);
    expect(new Set(entries.map(({ action }) => action))).toEqual(new Set(['model.put']));
  });
});

describe('GET /v1/audit:export', () => {
  it('gives all of many batches, newest first, each once', async () => {
    await stage.sql(
      `INSERT INTO audit_log (project_id, actor, action, subject) SELECT project_id, 'bulk', 'many', 'n/' || n
       FROM projects, generate_series(1, 1234) AS n WHERE name = 'default'`,
    );
    const found = await lines('action=many');
    expect(found).toHaveLength(1234);
    const ids = found.map(({ audit_id: id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(found[0]?.actor).toEqual({ kind: 'instance', id: null, key_id: null, name: 'bulk' });
  });

  it('waits for a reader that is slow, and holds no connection while it does', async () => {
    const response = await fetch(`${stage.ledger.url}/v1/audit:export?action=many`, {
      headers: { 'x-api-key': stage.env['API_KEY'] ?? '' },
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    expect((await stage.admin.get('/v1/audit?limit=1')).status).toBe(200);
    // The service's own work opens transactions briefly, but one that waited for the reader would stay open.
    await eventually(async () => {
      const [row] = await stage.sql<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
      );
      return row?.count === 0;
    });
    await reader.cancel();
    expect((await stage.admin.get('/health')).status).toBe(200);
  });
});

describe('what is written down', () => {
  it('is every change of state, with before and after, and no secret', async () => {
    const { admin } = stage;
    const callback = `https://hooks.example.com/${CANARY}?token=${CANARY}`;
    const key = await admin.post<{ key: string; key_id: string }>('/v1/keys', {
      name: 'to be revoked',
      scopes: ['keys:write', 'prompts:read'],
    });
    const madeBy = api(stage.ledger.url, key.body.key);
    const child = await madeBy.post<{ key: string; key_id: string }>('/v1/keys', {
      name: `named after ${key.body.key}`,
      scopes: ['prompts:read'],
    });
    await admin.patch(`/v1/keys/${child.body.key_id}`, { rate_limits: { requests_per_minute: 5 } });
    await admin.delete(`/v1/keys/${child.body.key_id}`);
    const budget = await admin.post<{ budget_id: string }>('/v1/budgets', {
      name: 'b',
      scope: 'project',
      period: 'total',
      limit_usd: '1000',
      callback_url: callback,
    });
    await admin.patch(`/v1/budgets/${budget.body.budget_id}`, {
      limit_usd: '2000',
      callback_url: `${callback}2`,
    });
    await admin.delete(`/v1/budgets/${budget.body.budget_id}`);
    const secrets = [
      (await admin.get<{ secret: string }>('/v1/webhooks/secret')).body.secret,
      (await admin.post<{ secret: string }>('/v1/webhooks/secret:rotate')).body.secret,
    ];
    await admin.put('/v1/models/echo/audited', { max_tokens: 5 });
    await admin.put('/v1/models/echo/audited', { max_tokens: 6 });
    await admin.put('/v1/routes/audited', {
      strategy: 'order',
      targets: [{ provider: 'echo', model_name: 'audited' }],
    });
    await admin.delete('/v1/routes/audited');
    await admin.delete('/v1/models/echo/audited');
    const price = await admin.post<{ price_id: string }>('/v1/prices', {
      provider: 'echo',
      model_name: 'audited',
      input_usd_per_mtok: '1',
      output_usd_per_mtok: '2',
      source: `https://prices.example.com/list?key=${CANARY}`,
    });
    await admin.put(`/v1/prices/${price.body.price_id}`, { valid_to: '2099-01-01T00:00:00Z' });
    await admin.delete(`/v1/prices/${price.body.price_id}`);
    const imported = (input: number) => ({
      format: 'litellm',
      prices: {
        'openai/audited-import': {
          litellm_provider: 'openai',
          mode: 'chat',
          input_cost_per_token: input,
          output_cost_per_token: 0.000002,
        },
      },
    });
    await admin.post('/v1/prices:import', imported(0.000001));
    await admin.post('/v1/prices:import', imported(0.000003));

    const written = await lines();
    const text = JSON.stringify(written);
    expect(text).not.toContain(CANARY);
    for (const secret of [...secrets, key.body.key, child.body.key]) expect(text).not.toContain(secret);
    const rows = await stage.sql<{ row: string }>('SELECT audit_log::text AS row FROM audit_log');
    expect(JSON.stringify(rows)).not.toContain(CANARY);

    /** Maps each action to whether its newest entry has a before and an after. */
    const shapes = new Map(
      written.toReversed().map(({ action, before, after }) => [action, [before !== null, after !== null]]),
    );
    const [made, changed, gone] = [
      [false, true],
      [true, true],
      [true, false],
    ];
    expect(Object.fromEntries(shapes)).toMatchObject({
      'key.create': made,
      'key.change': changed,
      'key.revoke': changed,
      'budget.create': made,
      'budget.update': changed,
      'budget.delete': gone,
      'webhook_secret.create': made,
      'webhook_secret.rotate': changed,
      'model.put': changed,
      'model.delete': gone,
      'route.put': made,
      'route.delete': gone,
      'price.create': made,
      'price.put': changed,
      'price.delete': gone,
      'price.import': made,
      'models.seed': made,
      'prices.seed': made,
    });
    const withoutId = written.filter(({ subject }) => subject.type === 'key' && subject.id === null);
    expect(withoutId).toEqual([]);
    const [revoked] = (await list('action=key.revoke')).entries;
    expect(revoked?.subject.name).toBe('named after ***');
    expect(
      (await list(`subject=${budget.body.budget_id}`)).entries.map(({ after }) => after?.['callback_url']),
    ).toEqual([undefined, 'https://hooks.example.com/***', 'https://hooks.example.com/***']);
  });
});
