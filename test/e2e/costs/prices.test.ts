import { spawnService } from '../../support/servers/processes.js';
import type { ApiBody, ApiResponse } from '../../support/api-client.js';
import { clientWith, otherProject } from '../other-project.js';
import { ANY_ID, ANY_TIME, expectProblem, type Stage, startStage, UNKNOWN_ID } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const MINI = {
  provider: 'openai',
  model_name: 'mini',
  input_usd_per_mtok: '0.15',
  cached_input_usd_per_mtok: '0.075',
  output_usd_per_mtok: '0.6',
  valid_from: '2026-01-01T00:00:00Z',
};

const post = (more: ApiBody = {}) => stage.admin.post('/v1/prices', { ...MINI, ...more });

async function idOf(more: ApiBody): Promise<string> {
  const answer = await post(more);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return String(answer.body['price_id']);
}

async function pricesOf(query: string): Promise<ApiBody[]> {
  const answer = await stage.admin.get<{ prices: ApiBody[] }>(`/v1/prices?${query}`);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body.prices;
}

describe('a price', () => {
  it('is added, read and listed as it was sent', async () => {
    const answer = await post({
      source: 'a page',
      max_prompt_tokens: 200_000,
      valid_to: '2027-01-01T01:00:00+01:00',
    });
    const price = {
      ...MINI,
      price_id: ANY_ID,
      max_prompt_tokens: 200_000,
      valid_from: '2026-01-01T00:00:00.000Z',
      valid_to: '2027-01-01T00:00:00.000Z',
      source: 'a page',
      created_at: ANY_TIME,
      created_by: 'admin',
    };
    expect(answer).toMatchObject({ status: 201, body: price });
    const { body } = await stage.admin.get(`/v1/prices/${String(answer.body['price_id'])}`);
    expect(body).toEqual(answer.body);
    expect(await pricesOf('provider=openai&model_name=mini')).toEqual([answer.body]);
  });

  it('begins now and has no end when nobody says so, and what is not said is null', async () => {
    const answer = await post({ model_name: 'now', valid_from: null, cached_input_usd_per_mtok: null });
    expect(answer.body).toMatchObject({
      cached_input_usd_per_mtok: null,
      max_prompt_tokens: null,
      valid_to: null,
      source: null,
    });
    const [row] = await stage.sql(
      `SELECT now() - valid_from < interval '1 minute' AND valid_from <= now() AS just FROM model_prices WHERE model_name = 'now'`,
    );
    expect(row).toEqual({ just: true });
  });

  it('is written in the shortest way', async () => {
    const { body } = await post({
      model_name: 'short',
      input_usd_per_mtok: '2.500000',
      output_usd_per_mtok: '10.0',
    });
    expect(body).toMatchObject({ input_usd_per_mtok: '2.5', output_usd_per_mtok: '10' });
  });

  it.each([
    ['/input_usd_per_mtok', { input_usd_per_mtok: 0.15 }],
    ['/input_usd_per_mtok', { input_usd_per_mtok: '0.1234567' }],
    ['/input_usd_per_mtok', { input_usd_per_mtok: '-1' }],
    ['/input_usd_per_mtok', { input_usd_per_mtok: '1e-3' }],
    ['/input_usd_per_mtok', { input_usd_per_mtok: null }],
    ['/output_usd_per_mtok', { output_usd_per_mtok: '2000.000001' }],
    ['/output_usd_per_mtok', { output_usd_per_mtok: undefined }],
    ['/cached_input_usd_per_mtok', { cached_input_usd_per_mtok: '' }],
    ['/max_prompt_tokens', { max_prompt_tokens: 0 }],
    ['/max_prompt_tokens', { max_prompt_tokens: 1.5 }],
    ['/provider', { provider: 'Open AI' }],
    ['/model_name', { model_name: 'two words' }],
    ['/valid_from', { valid_from: 'yesterday' }],
    ['/valid_to', { valid_to: '2026-01-01T00:00:00Z' }],
    ['/valid_to', { valid_to: '2025-01-01T00:00:00Z' }],
    ['/source', { source: '' }],
    ['/currency', { currency: 'EUR' }],
  ])('is refused when %s is wrong', async (pointer, wrong) => {
    const answer = await post({ model_name: 'refused', ...wrong });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toEqual([{ pointer, message: expect.any(String) as string }]);
    expect(await pricesOf('model_name=refused')).toEqual([]);
  });

  it('begins at a time of its own, and only one of two that are sent at once does', async () => {
    const answers = await Promise.all(
      [1, 2, 3, 4].map((price) => post({ model_name: 'twice', input_usd_per_mtok: `${price}` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409) as ApiResponse<ApiBody>;
    expectProblem(refused, 409, 'PRICE_EXISTS');
    expect(await pricesOf('model_name=twice')).toHaveLength(1);
  });

  it('can be ended and told where it comes from; its figures cannot be changed', async () => {
    const id = await idOf({ model_name: 'ended', source: 'a guess' });
    const put = (body: ApiBody) => stage.admin.put(`/v1/prices/${id}`, body);
    const ended = await put({ valid_to: '2026-06-01T00:00:00Z' });
    expect(ended).toMatchObject({
      status: 200,
      body: { valid_to: '2026-06-01T00:00:00.000Z', source: 'a guess' },
    });
    expect((await put({ source: null })).body).toMatchObject({
      valid_to: '2026-06-01T00:00:00.000Z',
      source: null,
    });
    expect((await put({ valid_to: null })).body).toMatchObject({ valid_to: null, source: null });
    expectProblem(await put({ input_usd_per_mtok: '1' }), 400, 'VALIDATION_FAILED');
    expectProblem(await put({ valid_to: MINI.valid_from }), 400, 'VALIDATION_FAILED');
    const { body } = await stage.admin.get(`/v1/prices/${id}`);
    expect(body).toMatchObject({ input_usd_per_mtok: '0.15', valid_to: null });
  });

  it('is gone when it was deleted, and may be added again', async () => {
    const id = await idOf({ model_name: 'deleted' });
    expect((await stage.admin.delete(`/v1/prices/${id}`)).status).toBe(204);
    expectProblem(await stage.admin.get(`/v1/prices/${id}`), 404, 'PRICE_NOT_FOUND');
    expectProblem(await stage.admin.put(`/v1/prices/${id}`, {}), 404, 'PRICE_NOT_FOUND');
    expectProblem(await stage.admin.delete(`/v1/prices/${id}`), 404, 'PRICE_NOT_FOUND');
    expect(await idOf({ model_name: 'deleted' })).not.toBe(id);
  });

  it('leaves a trace of each change', async () => {
    const id = await idOf({ model_name: 'audited' });
    await stage.admin.put(`/v1/prices/${id}`, { source: 'a page' });
    await stage.admin.delete(`/v1/prices/${id}`);
    const rows = await stage.sql(
      `SELECT action, actor, before ->> 'source' AS before, after ->> 'source' AS after FROM audit_log WHERE subject = $1 ORDER BY audit_id`,
      [`price/${id}`],
    );
    expect(rows).toEqual([
      { action: 'price.create', actor: 'admin', before: null, after: null },
      { action: 'price.put', actor: 'admin', before: null, after: 'a page' },
      { action: 'price.delete', actor: 'admin', before: 'a page', after: null },
    ]);
  });
});

interface Page {
  readonly prices: readonly ApiBody[];
  readonly next_cursor: string | null;
}

describe('the list of prices', () => {
  const begins = ['2026-01-01', '2026-03-01', '2026-05-01', '2026-07-01'].map(
    (date) => `${date}T00:00:00.000Z`,
  );

  beforeAll(async () => {
    for (const valid_from of begins) await idOf({ provider: 'listed', model_name: 'a', valid_from });
    await idOf({ provider: 'listed', model_name: 'b', valid_to: '2026-02-01T00:00:00Z' });
  });

  it.each([1, 2, 3, 200])('in pages of %i holds each price once, in their order', async (limit) => {
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = (await stage.admin.get<Page>(`/v1/prices?provider=listed&limit=${limit}${more}`))
        .body;
      seen.push(...page.prices.map((price) => [price['model_name'], price['valid_from']]));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual([...begins.map((at) => ['a', at]), ['b', begins[0]]]);
  });

  it.each([
    ['2025-12-31T23:59:59.999Z', []],
    ['2026-01-01T00:00:00Z', ['a', 'b']],
    ['2026-01-31T23:59:59.999Z', ['a', 'b']],
    ['2026-02-01T00:00:00Z', ['a']],
    ['2026-06-01T00:00:00Z', ['a']],
  ])('at %s holds what counts then', async (at, models) => {
    const prices = await pricesOf(`provider=listed&at=${at}`);
    expect(prices.map((price) => price['model_name'])).toEqual(models);
    const latest = begins.filter((begin) => new Date(begin) <= new Date(at)).at(-1);
    expect(prices.find((price) => price['model_name'] === 'a')?.['valid_from']).toBe(latest);
  });

  it.each(['cursor=nonsense', 'cursor=WzEsMiwzXQ', 'at=noon', 'limit=0', 'currency=EUR'])(
    'refuses %s',
    async (query) => {
      expectProblem(await stage.admin.get(`/v1/prices?${query}`), 400, 'VALIDATION_FAILED');
    },
  );
});

describe('who may', () => {
  it('is a key with analytics:read for reading, and one with models:write for writing', async () => {
    const reader = await clientWith(stage, ['analytics:read']);
    const stranger = await clientWith(stage, ['prompts:read']);
    const id = await idOf({ model_name: 'scoped' });
    expect((await reader.get('/v1/prices')).status).toBe(200);
    expect((await reader.get(`/v1/prices/${id}`)).status).toBe(200);
    expectProblem(await stranger.get('/v1/prices'), 403, 'FORBIDDEN');
    expectProblem(await stranger.get(`/v1/prices/${id}`), 403, 'FORBIDDEN');
    expectProblem(await reader.post('/v1/prices', MINI), 403, 'FORBIDDEN');
    expectProblem(await reader.put(`/v1/prices/${id}`, {}), 403, 'FORBIDDEN');
    expectProblem(await reader.delete(`/v1/prices/${id}`), 403, 'FORBIDDEN');
    expectProblem(
      await reader.post('/v1/prices:import', { format: 'litellm', prices: {} }),
      403,
      'FORBIDDEN',
    );
  });

  it('another project sees and changes nothing', async () => {
    const other = await otherProject(stage);
    const id = await idOf({ model_name: 'private' });
    expect((await other.get('/v1/prices')).body).toEqual({ prices: [], next_cursor: null });
    for (const answer of [
      await other.get(`/v1/prices/${id}`),
      await other.put(`/v1/prices/${id}`, { source: 'theirs' }),
      await other.delete(`/v1/prices/${id}`),
    ]) {
      expectProblem(answer, 404, 'PRICE_NOT_FOUND');
    }
    expectProblem(await other.get(`/v1/prices/${UNKNOWN_ID}`), 404, 'PRICE_NOT_FOUND');
    expect((await other.post('/v1/prices', { ...MINI, model_name: 'private' })).status).toBe(201);
  });
});

describe('the catalogue', () => {
  it('was seeded with the models, and brings back nothing that was changed', async () => {
    const [mini] = await pricesOf('provider=openai&model_name=gpt-4o-mini');
    expect(mini).toMatchObject({
      input_usd_per_mtok: '0.15',
      output_usd_per_mtok: '0.6',
      source: expect.stringMatching(/^OpenAI, .* as of \d{4}-/) as string,
      created_by: 'catalogue',
    });
    await stage.admin.delete(`/v1/prices/${String(mini?.['price_id'])}`);
    const [large] = await pricesOf('provider=openai&model_name=gpt-4o');
    await stage.admin.put(`/v1/prices/${String(large?.['price_id'])}`, { source: 'ours' });
    const seeding = spawnService('cli.js', stage.env, ['seed']);
    expect((await seeding.exit).code).toBe(0);
    expect(seeding.logs.join('\n')).toContain('All models of the catalogue have prices already.');
    expect(await pricesOf('provider=openai&model_name=gpt-4o-mini')).toEqual([]);
    expect(await pricesOf('provider=openai&model_name=gpt-4o')).toMatchObject([{ source: 'ours' }]);
  });
});
