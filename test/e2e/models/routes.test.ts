import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { clientWith, otherProject } from '../other-project.js';
import { ANY_ID, ANY_TIME, ECHO, expectProblem, OPENAI, type Stage, startStage } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
});
afterAll(() => stage.close());

const put = (name: string, body: ApiBody, client: ApiClient = stage.admin) =>
  client.put(`/v1/routes/${name}`, body);
const get = (name: string, client: ApiClient = stage.admin) => client.get(`/v1/routes/${name}`);

const ORDERED = [
  { ...ECHO, weight: null },
  { ...OPENAI, weight: null },
];

describe('a route', () => {
  it('is made, read and listed', async () => {
    const answer = await put('made', { targets: [ECHO, OPENAI] });
    const route = {
      route_id: ANY_ID,
      name: 'made',
      description: null,
      strategy: 'order',
      targets: ORDERED,
      created_by: 'admin',
      created_at: ANY_TIME,
      updated_at: ANY_TIME,
    };
    expect(answer).toMatchObject({ status: 200, body: route });
    expect((await get('made')).body).toEqual(answer.body);
    expect((await stage.admin.get('/v1/routes')).body).toEqual({ routes: [answer.body], next_cursor: null });
  });

  it('has weights where the strategy says so, 1 where nobody says more', async () => {
    const { body } = await put('weighed', {
      strategy: 'weights',
      targets: [ECHO, { ...OPENAI, weight: 1000 }],
    });
    expect(body).toMatchObject({
      strategy: 'weights',
      targets: [
        { ...ECHO, weight: 1 },
        { ...OPENAI, weight: 1000 },
      ],
    });
    expect((await get('weighed')).body).toEqual(body);
  });

  it('is replaced as a whole, and stays the same route', async () => {
    const first = await put('again', { description: 'a first cut', strategy: 'weights', targets: [ECHO] });
    const second = await put('again', { targets: [OPENAI, ECHO] });
    expect(second.body).toEqual({
      ...first.body,
      description: null,
      strategy: 'order',
      targets: [...ORDERED].reverse(),
      updated_at: ANY_TIME,
    });
    expect((await get('again')).body).toEqual(second.body);
  });

  it('is one, however many make it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => put('raced', { description: `${index}`, targets: [ECHO] })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const { body } = await get('raced');
    expect(new Set(answers.map((answer) => answer.body['route_id']))).toEqual(new Set([body['route_id']]));
  });

  it('is gone when it was deleted, and its name is free again', async () => {
    const { body } = await put('deleted', { targets: [ECHO] });
    expect((await stage.admin.delete('/v1/routes/deleted')).status).toBe(204);
    expectProblem(await get('deleted'), 404, 'MODEL_ROUTE_NOT_FOUND');
    expectProblem(await stage.admin.delete('/v1/routes/deleted'), 404, 'MODEL_ROUTE_NOT_FOUND');
    const again = await put('deleted', { targets: [OPENAI] });
    expect(again.body['route_id']).not.toBe(body['route_id']);
    expect((await get('deleted')).body).toEqual(again.body);
  });

  it('leaves a trace of each change', async () => {
    await put('audited', { description: 'one', targets: [ECHO] });
    await put('audited', { description: 'two', targets: [ECHO] });
    await stage.admin.delete('/v1/routes/audited');
    const rows = await stage.sql(
      `SELECT action, actor, before ->> 'description' AS before, after ->> 'description' AS after FROM audit_log WHERE subject = 'route/audited' ORDER BY audit_id`,
    );
    expect(rows).toEqual([
      { action: 'route.put', actor: 'admin', before: null, after: 'one' },
      { action: 'route.put', actor: 'admin', before: 'one', after: 'two' },
      { action: 'route.delete', actor: 'admin', before: 'two', after: null },
    ]);
  });

  const many = Array.from({ length: 17 }, (_, index) => ({ provider: 'echo', model_name: `m${index}` }));
  it.each<[string, ApiBody]>([
    ['/targets', {}],
    ['/targets', { targets: null }],
    ['/targets', { targets: [] }],
    ['/targets', { targets: many }],
    ['/targets/0', { targets: ['echo/echo'] }],
    ['/targets/1', { targets: [ECHO, null] }],
    ['/targets/1', { targets: [ECHO, ECHO] }],
    ['/targets/0/provider', { targets: [{ ...ECHO, provider: 'E' }] }],
    ['/targets/0/model_name', { targets: [{ provider: 'echo' }] }],
    ['/targets/0/price', { targets: [{ ...ECHO, price: 1 }] }],
    ['/targets/1/weight', { targets: [ECHO, { ...OPENAI, weight: 1 }] }],
    ['/targets/0/weight', { strategy: 'weights', targets: [{ ...ECHO, weight: 0 }] }],
    ['/targets/0/weight', { strategy: 'weights', targets: [{ ...ECHO, weight: 1001 }] }],
    ['/targets/0/weight', { strategy: 'weights', targets: [{ ...ECHO, weight: 1.5 }] }],
    ['/targets/0/weight', { strategy: 'weights', targets: [{ ...ECHO, weight: null }] }],
    ['/strategy', { strategy: 'cheapest', targets: [ECHO] }],
    ['/strategy', { strategy: null, targets: [ECHO] }],
    ['/description', { description: '', targets: [ECHO] }],
    ['/name', { name: 'other', targets: [ECHO] }],
  ])('is refused when %s is wrong: %j', async (pointer, body) => {
    const answer = await put('refused', body);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toEqual([{ pointer, message: expect.any(String) as string }]);
    expectProblem(await get('refused'), 404, 'MODEL_ROUTE_NOT_FOUND');
  });

  it.each(['a%20b', 'a%2Fb', '%C3%A4', 'n'.repeat(101)])('cannot have the name %s', async (name) => {
    for (const answer of [
      await put(name, { targets: [ECHO] }),
      await get(name),
      await stage.admin.delete(`/v1/routes/${name}`),
    ]) {
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(answer.body['errors']).toMatchObject([{ pointer: '/name' }]);
    }
  });

  it('may have a name of a hundred characters', async () => {
    const name = `A.b_c-9${'n'.repeat(93)}`;
    expect((await put(name, { targets: [ECHO] })).body).toMatchObject({ name });
  });

  it('goes to allowed models only', async () => {
    const answer = await put('unknown', { targets: [ECHO, { provider: 'openai', model_name: 'nobody' }] });
    expectProblem(answer, 404, 'MODEL_NOT_FOUND');
    expectProblem(await get('unknown'), 404, 'MODEL_ROUTE_NOT_FOUND');
  });
});

interface Page {
  readonly routes: readonly ApiBody[];
  readonly next_cursor: string | null;
}

describe('the list of routes', () => {
  it.each([1, 2, 200])('in pages of %i holds each living one once, by name', async (limit) => {
    const client = await otherProject(stage);
    for (const name of ['b', 'a-2', 'B', 'a.1', 'gone']) await put(name, { targets: [ECHO] }, client);
    await client.delete('/v1/routes/gone');
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = (await client.get<Page>(`/v1/routes?limit=${limit}${more}`)).body;
      seen.push(...page.routes.map(({ name }) => name));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(['B', 'a-2', 'a.1', 'b']);
  });

  it('refuses a cursor that is none', async () => {
    expectProblem(await stage.admin.get('/v1/routes?cursor=eyJhIjoxfQ'), 400, 'VALIDATION_FAILED');
  });
});

describe('routes of another project', () => {
  it('are not there', async () => {
    await put('theirs', { targets: [ECHO] });
    const other = await otherProject(stage);
    const unknown = await get('theirs', other);
    expectProblem(unknown, 404, 'MODEL_ROUTE_NOT_FOUND');
    expectProblem(await other.delete('/v1/routes/theirs'), 404, 'MODEL_ROUTE_NOT_FOUND');
    expect((await other.get('/v1/routes')).body).toEqual({ routes: [], next_cursor: null });
    await put('theirs', { description: 'of the other', targets: [OPENAI] }, other);
    expect((await get('theirs')).body).toMatchObject({ description: null, targets: [{ ...ECHO }] });
  });
});

describe('a key', () => {
  it('of any scope reads routes, and changes them with models:write only', async () => {
    await put('guarded', { targets: [ECHO] });
    const reader = await clientWith(stage, ['executions:run']);
    expect((await get('guarded', reader)).status).toBe(200);
    expect((await reader.get('/v1/routes')).status).toBe(200);
    expectProblem(await put('guarded', { targets: [OPENAI] }, reader), 403, 'FORBIDDEN');
    expectProblem(await reader.delete('/v1/routes/guarded'), 403, 'FORBIDDEN');
    const writer = await clientWith(stage, ['models:write']);
    expect((await put('guarded', { targets: [OPENAI] }, writer)).body).toMatchObject({ created_by: 'admin' });
    expect((await put('its-own', { targets: [OPENAI] }, writer)).body).toMatchObject({ created_by: 'a key' });
    expect((await writer.delete('/v1/routes/guarded')).status).toBe(204);
  });
});

describe('a model that nobody allowed', () => {
  const MESSAGES = [{ role: 'user', content: 'Say hello.' }];
  const run = (model: unknown) => stage.admin.post('/v1/executions:run', { prompt_name: 'any', model });
  const complete = (body: ApiBody) => stage.admin.post('/openai/v1/chat/completions', body);

  it.each<[string, () => Promise<{ status: number; body: ApiBody }>, number]>([
    ['a run, as a bare name', () => run('gpt-4o-mini'), 400],
    ['a run, with another provider', () => run('anthropic/gpt-4o-mini'), 404],
    ['a run, as an object', () => run({ provider: 'google', model_name: 'gpt-4o-mini' }), 404],
    ['a list of a run', () => run(['echo/echo', 'gpt-4o-mini']), 400],
    [
      'a batch',
      () =>
        stage.admin.post('/v1/executions:submit-batch', {
          prompt_name: 'any',
          model: 'gpt-4o-mini',
          entries: [{ variables: {} }],
        }),
      400,
    ],
    ['a route', () => put('hinted', { targets: [{ provider: 'opanai', model_name: 'gpt-4o-mini' }] }), 404],
    ['a completion', () => complete({ model: 'gpt-4o-mini', messages: MESSAGES }), 404],
    [
      'a completion, with another provider',
      () => complete({ model: 'opanai/gpt-4o-mini', messages: MESSAGES }),
      404,
    ],
    ['the model of a prompt', () => complete({ model: 'prompt/any', prompt_model: 'gpt-4o-mini' }), 400],
    ["OpenAI's list", () => stage.admin.get('/openai/v1/models/gpt-4o-mini'), 404],
  ])('is refused in %s with the name of the one that was meant', async (_where, ask, status) => {
    await stage.admin.put('/v1/prompts/any', { template_source: 'Any.', set_active: true });

    const answer = await ask();

    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain('Did you mean \\"openai/gpt-4o-mini\\"?');
  });
});
