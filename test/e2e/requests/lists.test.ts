import type { ApiBody } from '../../support/api-client.js';
import {
  ANY_ID,
  ANY_TIME,
  ECHO,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

interface Page {
  readonly rows: readonly ApiBody[];
  readonly nextCursor: string | null;
}

async function pageOf(kind: 'prompts' | 'executions', query: string): Promise<Page> {
  const answer = await stage.admin.get(`/v1/${kind}?${query}`);
  expect(answer).toMatchObject({ status: 200 });
  return {
    rows: answer.body[kind] as ApiBody[],
    nextCursor: answer.body['next_cursor'] as string | null,
  };
}

/** Reads every row of every page, in the order of the pages. */
async function allPages(kind: 'prompts' | 'executions', query: string, limit: number): Promise<ApiBody[]> {
  const rows: ApiBody[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page = await pageOf(kind, `${query}&limit=${limit}${more}`);
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    cursor = page.nextCursor;
  }
  return rows;
}

describe('the list of prompts', () => {
  const names = Array.from({ length: 7 }, (_, index) => `list/p${index}`);
  const put = (name: string, more: ApiBody = {}) => putPrompt(stage.admin, name, 'x', more);

  beforeAll(async () => {
    for (const [index, name] of names.entries()) {
      const tags = index % 2 === 0 ? ['even', 'all'] : ['all'];
      await put(name, { tags, owner_team: index < 3 ? 'red' : 'blue' });
    }
    await put('list_other');
    await stage.sql(
      `INSERT INTO prompts (project_id, name, mode, kind)
       SELECT project_id, 'list/tracked', 'tracking', 'text' FROM projects WHERE name = 'default'`,
    );
  });

  const namesOf = async (query: string) =>
    (await pageOf('prompts', query)).rows.map((prompt) => String(prompt['name'])).sort();

  it('is narrowed by prefix, tag, team and mode, and by all of them', async () => {
    expect(await namesOf('q=list/')).toEqual([...names, 'list/tracked']);
    expect(await namesOf('q=list/&mode=full')).toEqual(names);
    expect(await namesOf('q=list/&mode=tracking')).toEqual(['list/tracked']);
    expect(await namesOf('tag=even')).toEqual(['list/p0', 'list/p2', 'list/p4', 'list/p6']);
    expect(await namesOf('tag=eve')).toEqual([]);
    expect(await namesOf('owner_team=red')).toEqual(['list/p0', 'list/p1', 'list/p2']);
    expect(await namesOf('q=list/p&tag=even&owner_team=blue&mode=full')).toEqual(['list/p4', 'list/p6']);
    expect(await namesOf('q=ist/')).toEqual([]);
  });

  it.each([1, 2, 3, 8, 200])('in pages of %i holds each prompt once', async (limit) => {
    const seen = (await allPages('prompts', 'q=list/', limit)).map(({ name }) => String(name));
    expect(seen.sort()).toEqual([...names, 'list/tracked']);
  });

  it('has fifty a page when nobody says how many', async () => {
    await Promise.all(Array.from({ length: 51 }, (_, index) => put(`fifty-${index}`)));
    const page = await pageOf('prompts', 'q=fifty-');
    expect(page.rows).toHaveLength(50);
    expect(page.nextCursor).not.toBeNull();
  });
});

describe('the list of executions', () => {
  const ids: string[] = [];
  const body = { prompt_name: 'listed', variables: { x: 'SECRET-CONTENT' }, model: ECHO };

  /** Seven runs in two environments, the last of which failed, and one run of another prompt. */
  beforeAll(async () => {
    await putPrompt(stage.admin, 'listed', 'Say {{x}}');
    await putPrompt(stage.admin, 'other', 'Other');
    for (let index = 0; index < 7; index += 1) {
      const environment = index % 2 === 0 ? 'prod' : 'dev';
      const answer = await stage.admin.post('/v1/executions:run', {
        ...body,
        environment,
        correlation_id: `order-${Math.floor(index / 3)}`,
        ...(index === 6 ? { model: { provider: 'echo', model_name: 'echo-fail-500' } } : {}),
      });
      ids.push(String(answer.body['execution_id']));
    }
    await untilFinal(stage.admin, await submit(stage.admin, { prompt_name: 'other', model: ECHO }));
  });

  const idsOf = (rows: readonly ApiBody[]) => rows.map((row) => String(row['execution_id']));
  const newestFirst = (...indices: number[]) => indices.map((index) => ids[index]);

  it('is newest first and without content', async () => {
    const { rows } = await pageOf('executions', 'prompt_name=listed');
    expect(idsOf(rows)).toEqual([...ids].reverse());
    expect(JSON.stringify(rows)).not.toContain('SECRET-CONTENT');
    expect(rows[1]).toMatchObject({
      execution_id: ANY_ID,
      status: 'succeeded',
      mode: 'sync',
      prompt_name: 'listed',
      version_number: 1,
      environment: 'dev',
      model: ECHO,
      correlation_id: 'order-1',
      created_at: ANY_TIME,
      completed_at: ANY_TIME,
    });
    for (const row of rows) {
      for (const content of ['variables', 'rendered_prompt', 'messages', 'response_text']) {
        expect(row).not.toHaveProperty(content);
      }
    }
  });

  it('is narrowed by prompt, status, environment and correlation id, and by all of them', async () => {
    const found = async (query: string) => idsOf((await pageOf('executions', query)).rows);
    expect(await found('environment=dev')).toEqual(newestFirst(5, 3, 1));
    expect(await found('correlation_id=order-1')).toEqual(newestFirst(5, 4, 3));
    expect(await found('status=failed')).toEqual(newestFirst(6));
    expect(await found('status=queued')).toEqual([]);
    expect(
      await found('prompt_name=listed&environment=prod&correlation_id=order-0&status=succeeded'),
    ).toEqual(newestFirst(2, 0));
    expect(await found('prompt_name=other')).toHaveLength(1);
    expect(await found('prompt_name=nobody')).toEqual([]);
    expect(await found('environment=de')).toEqual([]);
  });

  it('is narrowed by the time of creation', async () => {
    const { rows } = await pageOf('executions', 'prompt_name=listed');
    const at = (id: string | undefined) =>
      String(rows.find((row) => row['execution_id'] === id)?.['created_at']);
    const middle = at(ids[3]);
    const after = idsOf((await pageOf('executions', `prompt_name=listed&created_after=${middle}`)).rows);
    const before = idsOf((await pageOf('executions', `prompt_name=listed&created_before=${middle}`)).rows);
    expect(after).toEqual(expect.arrayContaining(newestFirst(6, 5, 4)));
    expect(before).toEqual(expect.arrayContaining(newestFirst(2, 1, 0)));
    expect(after).not.toContain(ids[0]);
    expect(before).not.toContain(ids[6]);
    const zoned = middle.replace('Z', '%2B00:00');
    expect(idsOf((await pageOf('executions', `prompt_name=listed&created_after=${zoned}`)).rows)).toEqual(
      after,
    );
    const none = `created_after=2000-01-01T00:00:00Z&created_before=2001-01-01T00:00:00Z`;
    expect((await pageOf('executions', none)).rows).toEqual([]);
  });

  it.each([1, 3, 7, 200])('in pages of %i holds each execution once', async (limit) => {
    expect(idsOf(await allPages('executions', 'prompt_name=listed', limit))).toEqual([...ids].reverse());
  });

  it('in pages is not shifted by what is added meanwhile', async () => {
    const first = await pageOf('executions', 'prompt_name=listed&limit=3');
    expect(idsOf(first.rows)).toEqual(newestFirst(6, 5, 4));
    const added = await stage.admin.post('/v1/executions:run', body);
    const cursor = encodeURIComponent(first.nextCursor ?? '');
    const second = await pageOf('executions', `prompt_name=listed&limit=3&cursor=${cursor}`);
    expect(idsOf(second.rows)).toEqual(newestFirst(3, 2, 1));
    expect(idsOf((await pageOf('executions', 'prompt_name=listed&limit=1')).rows)).toEqual([
      added.body['execution_id'],
    ]);
  });
});

it('the list of models is in the shape that OpenAI clients know, and grows', async () => {
  const { body } = await stage.admin.get<{ object: string; data: ApiBody[] }>('/v1/models');
  expect(body.object).toBe('list');
  const ids = body.data.map(({ id }) => id);
  const seeded = ['gpt-4o', 'gpt-4o-mini', 'gpt-4-turbo', 'gpt-3.5-turbo'].map((name) => `openai/${name}`);
  expect(ids).toEqual(expect.arrayContaining([...seeded, 'echo/echo', 'echo/echo-slow-200ms']));
  const answer = await stage.admin.put('/v1/models/openai/acme%2Fmy-model:7b', {
    max_tokens: 123,
    supports_streaming: false,
  });
  const model = {
    id: 'openai/acme/my-model:7b',
    object: 'model',
    owned_by: 'openai',
    provider: 'openai',
    model_name: 'acme/my-model:7b',
    max_tokens: 123,
    supports_streaming: false,
  };
  expect(answer).toMatchObject({ status: 200, body: model });
  const after = await stage.admin.get<{ data: ApiBody[] }>('/v1/models');
  expect(after.body.data).toContainEqual(expect.objectContaining(model));
  expect(after.body.data).toHaveLength(body.data.length + 1);
  await putPrompt(stage.admin, 'uses-it', 'Hi');
  const run = await stage.admin.post('/v1/executions:run', {
    prompt_name: 'uses-it',
    model: { provider: 'openai', model_name: 'acme/my-model:7b' },
  });
  expect(run).toMatchObject({ status: 200, body: { response_text: 'You said: Hi' } });
  expect(stage.openai.requests.at(-1)?.modelName).toBe('acme/my-model:7b');
  expect((await stage.admin.get(promptPath('uses-it'))).status).toBe(200);
});
