import { api, type ApiBody, type ApiClient, type ApiResponse } from '../../support/api-client.js';
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

const SCOPES = ['keys:write', 'executions:run', 'executions:read', 'budgets:write', 'analytics:read'];
const NARROW = ['executions:run'];
const YEAR_MS = 365 * 24 * 3_600_000;
const inYears = (years: number) => new Date(Date.now() + years * YEAR_MS).toISOString();
const END = inYears(1);

let stage: Stage;

interface Key extends ApiClient {
  readonly id: string;
  readonly made: ApiBody;
}

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello');
});
afterAll(() => stage.close());

const create = (client: ApiClient, more: ApiBody = {}) =>
  client.post('/v1/keys', { name: 'a key', scopes: NARROW, ...more });

async function makeKey(client: ApiClient, more: ApiBody = {}): Promise<Key> {
  const { status, body } = await create(client, more);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { ...api(stage.ledger.url, String(body['key'])), id: String(body['key_id']), made: body };
}

/** A key that may make keys, expires, and is limited in both units. */
const limited = (more: ApiBody = {}) =>
  makeKey(stage.admin, {
    scopes: SCOPES,
    expires_at: END,
    rate_limits: { requests_per_minute: 100, tokens_per_minute: 1000 },
    ...more,
  });

const limits = (requests_per_minute?: number | null, tokens_per_minute?: number | null) => ({
  rate_limits: {
    ...(requests_per_minute === undefined ? {} : { requests_per_minute }),
    ...(tokens_per_minute === undefined ? {} : { tokens_per_minute }),
  },
});

function expectForbidden(answer: ApiResponse<ApiBody>, beyond: string): void {
  expectProblem(answer, 403, 'FORBIDDEN');
  expect(answer.body['detail']).toContain(beyond);
}

describe('a key that makes a key', () => {
  it.each<[string, ApiBody, string]>([
    ['a scope that it lacks', { scopes: [...NARROW, 'models:write'] }, 'models:write'],
    ['a later end', { expires_at: inYears(2) }, 'expires_at'],
    ['no end', { expires_at: null }, 'expires_at'],
    ['more requests', limits(101), 'requests_per_minute'],
    ['any number of requests', limits(0), 'requests_per_minute'],
    ['the default, which is any number', limits(null), 'requests_per_minute'],
    ['more tokens', limits(1, 1001), 'tokens_per_minute'],
    ['any number of tokens', limits(1, 0), 'tokens_per_minute'],
  ])('cannot give it %s', async (_what, more, beyond) => {
    const maker = await limited();
    expectForbidden(await create(maker, more), beyond);
    const { body } = await stage.admin.get<{ keys: ApiBody[] }>('/v1/keys');
    expect(body.keys.filter(({ made_by }) => made_by === maker.id)).toEqual([]);
  });

  it('gives it its own end and limits where nothing else is said, and less where it is', async () => {
    const maker = await limited();
    const own = { expires_at: END, rate_limits: { requests_per_minute: 100, tokens_per_minute: 1000 } };
    for (const more of [{}, { rate_limits: null }, { rate_limits: {} }]) {
      expect((await makeKey(maker, more)).made).toMatchObject({ ...own, made_by: maker.id });
    }
    const less = { expires_at: new Date(Date.now() + 3_600_000).toISOString(), ...limits(1, 2) };
    expect((await makeKey(maker, less)).made).toMatchObject(less);
    expect((await makeKey(stage.admin)).made).toMatchObject({ expires_at: null, made_by: null });
  });

  it('cannot go round that by a key in between, and ends the line somewhere', async () => {
    const maker = await limited();
    let last = maker;
    for (let level = 1; level <= 8; level += 1) {
      last = await makeKey(last, { scopes: SCOPES });
      expect(last.made).toMatchObject({ expires_at: END, rate_limits: maker.made['rate_limits'] });
      expectForbidden(await create(last, { expires_at: null }), level < 8 ? 'expires_at' : '');
    }
    expectProblem(await create(last), 403, 'FORBIDDEN');
  });
});

describe('a key that changes a key', () => {
  it.each([limits(101), limits(0), limits(null), limits(undefined, 1001), limits(undefined, null)])(
    'cannot lift its own limits: %j',
    async (wanted) => {
      const key = await limited();
      expectForbidden(await key.patch(`/v1/keys/${key.id}`, wanted), 'rate_limits');
      const { body } = await stage.admin.get<{ keys: ApiBody[] }>('/v1/keys');
      const shown = body.keys.find(({ key_id }) => key_id === key.id);
      expect(shown).toMatchObject({ rate_limits: { requests_per_minute: 100, tokens_per_minute: 1000 } });
    },
  );

  it('may lower them, and then not take that back', async () => {
    const key = await limited();
    expect((await key.patch(`/v1/keys/${key.id}`, limits(10))).status).toBe(200);
    expectForbidden(await key.patch(`/v1/keys/${key.id}`, limits(100)), 'requests_per_minute');
    expect((await stage.admin.patch(`/v1/keys/${key.id}`, limits(100))).status).toBe(200);
  });

  it('changes those that may do no more, up to its own limits', async () => {
    const maker = await limited();
    const made = await makeKey(maker, limits(1));
    expect((await maker.patch(`/v1/keys/${made.id}`, limits(100))).status).toBe(200);
    expectForbidden(await maker.patch(`/v1/keys/${made.id}`, limits(101)), 'requests_per_minute');
  });

  it.each<[string, ApiBody]>([
    ['has another scope', { scopes: ['prompts:read'] }],
    ['ends later', { expires_at: inYears(2) }],
    ['never ends', { expires_at: null }],
    ['has a larger limit', limits(101, 1)],
    ['has no limit', limits(1, 0)],
  ])('neither changes nor revokes one that %s', async (_what, more) => {
    const key = await limited();
    const wider = await makeKey(stage.admin, { expires_at: END, ...limits(1, 1), ...more });
    expectProblem(await key.patch(`/v1/keys/${wider.id}`, limits(1, 1)), 403, 'FORBIDDEN');
    expectProblem(await key.delete(`/v1/keys/${wider.id}`), 403, 'FORBIDDEN');
    const { body } = await stage.admin.get<{ keys: ApiBody[] }>('/v1/keys');
    expect(body.keys.find(({ key_id }) => key_id === wider.id)).toMatchObject({ revoked_at: null });
  });

  it('revokes itself, and those that may do no more', async () => {
    const key = await limited();
    const made = await makeKey(key);
    expect((await key.delete(`/v1/keys/${made.id}`)).status).toBe(204);
    expect((await key.delete(`/v1/keys/${key.id}`)).status).toBe(204);
    expect((await key.get('/v1/keys')).status).toBe(401);
  });
});

describe('keys that a key has made', () => {
  const run = (client: ApiClient, model = ECHO) =>
    client.post('/v1/executions:run', { prompt_name: 'greeting', model, params: { max_new_tokens: 10 } });

  it('use up its requests, and its other keys theirs', async () => {
    const maker = await limited(limits(3, 1000));
    const made = [await makeKey(maker), await makeKey(maker), await makeKey(maker, limits(1))];
    expect((await run(made[0] as Key)).status).toBe(200);
    expect((await run(made[1] as Key)).status).toBe(200);
    expect((await run(maker)).status).toBe(200);
    for (const key of [...made, maker, await makeKey(maker)]) {
      expectProblem(await run(key), 429, 'RATE_LIMITED');
    }
  });

  it('use up its tokens, also by what is queued', async () => {
    const maker = await limited(limits(0, 4));
    const made = await makeKey(maker, { scopes: ['executions:run', 'executions:read'] });
    await untilFinal(made, await submit(made, { prompt_name: 'greeting', model: OPENAI }));
    expectProblem(await run(await makeKey(maker)), 429, 'RATE_LIMITED');
  });

  it('are paid by its budget, which it cannot change', async () => {
    const maker = await limited(limits(0, 0));
    const made = await makeKey(await makeKey(maker, { scopes: SCOPES }));
    await stage.admin.put('/v1/models/openai/paid', {});
    const price = {
      provider: 'openai',
      model_name: 'paid',
      input_usd_per_mtok: '0',
      output_usd_per_mtok: '1',
    };
    await stage.admin.post('/v1/prices', price);
    const budget = {
      name: 'b',
      scope: 'api_key',
      scope_value: maker.id,
      period: 'total',
      limit_usd: '0.00001',
    };
    const path = `/v1/budgets/${String((await stage.admin.post('/v1/budgets', budget)).body['budget_id'])}`;
    const paid = { provider: 'openai', model_name: 'paid' };
    stage.openai.behave({ kind: 'answer', text: 'a b c d e f g h i j' });
    expect((await run(made, paid)).status).toBe(200);
    expect((await stage.admin.get(path)).body).toMatchObject({ spent_usd: '0.00001' });
    for (const key of [made, maker]) expectProblem(await run(key, paid), 402, 'BUDGET_EXCEEDED');
    for (const key of [maker, await makeKey(maker, { scopes: SCOPES })]) {
      expectProblem(await key.patch(path, { limit_usd: '1' }), 403, 'FORBIDDEN');
      expectProblem(await key.delete(path), 403, 'FORBIDDEN');
    }
    // This key cannot see the execution of another key.
    const other = await makeKey(stage.admin, { scopes: ['executions:run'] });
    expect((await run(other, paid)).status).toBe(200);
    expect((await stage.admin.patch(path, { limit_usd: '1' })).status).toBe(200);
  });
});
