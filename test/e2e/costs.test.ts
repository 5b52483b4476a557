import type { ApiBody } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { clientWith, otherProject } from './other-project.js';
import { ECHO, expectProblem, OPENAI, promptPath, putPrompt, type Stage, startStage } from './stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ WORKER: 'off' });
});
afterAll(() => stage.close());

const costs = (query = '', client = stage.admin) => client.get(`/v1/analytics/costs?${query}`);

interface Ran {
  readonly model?: typeof ECHO;
  readonly keyId?: string;
  readonly team?: string;
  readonly environment?: string;
  readonly at?: string;
  /** Pico-dollars. */
  readonly cost?: string;
  readonly promptTokens?: number;
  readonly responseTokens?: number;
}

/** Writes down an execution that is over, of the prompt of this name; of none for null. */
async function ran(promptName: string | null, what: Ran = {}): Promise<void> {
  const { model = ECHO } = what;
  await stage.sql(
    `INSERT INTO executions (project_id, execution_id, prompt_id, version_id, prompt_mode, model_id, key_id, owner_team, environment,
       execution_mode, status, timeout_ms, created_at, cost_pico_usd, prompt_tokens, response_tokens)
     SELECT m.project_id, overlay(gen_random_uuid()::text PLACING left(ledger_uuid7_floor($8::timestamptz)::text, 18) FROM 1)::uuid, p.prompt_id,
       (SELECT version_id FROM prompt_versions v WHERE v.project_id = p.project_id AND v.prompt_id = p.prompt_id LIMIT 1),
       p.mode, m.model_id, $4::uuid, $5, $6, 'sync', 'succeeded', 1000, $8::timestamptz, $7, $9, $10
     FROM models m JOIN projects o ON o.project_id = m.project_id AND o.name = 'default'
     LEFT JOIN prompts p ON p.project_id = m.project_id AND p.name = $1
     WHERE m.provider = $2 AND m.model_name = $3`,
    [
      promptName,
      model.provider,
      model.model_name,
      what.keyId ?? null,
      what.team ?? null,
      what.environment ?? 'dev',
      what.cost ?? null,
      what.at ?? new Date().toISOString(),
      what.promptTokens ?? null,
      what.responseTokens ?? null,
    ],
  );
}

const NO_COSTS = {
  cost_usd: null,
  execution_count: 0,
  priced_count: 0,
  unpriced_count: 0,
  prompt_tokens: null,
  cached_prompt_tokens: null,
  response_tokens: null,
  reasoning_tokens: null,
};

const keysOf = (body: ApiBody) =>
  (body['groups'] as ApiBody[]).map((group) => [group['key'], group['cost_usd'], group['execution_count']]);

describe('GET /v1/analytics/costs', () => {
  it('of a project in which nothing ran has nulls, by prompt when nobody says by what', async () => {
    const none = { group_by: 'prompt', total: NO_COSTS, groups: [], next_cursor: null };
    expect((await costs('', await otherProject(stage))).body).toEqual(none);
  });

  it('has exact dollars, and counts what has no known cost by itself', async () => {
    await putPrompt(stage.admin, 'exact', 'Hi');
    await ran('exact', { cost: '9223372036854775807', promptTokens: 10, responseTokens: 1 });
    await ran('exact', { cost: '9223372036854775807', promptTokens: 5 });
    await ran('exact', { promptTokens: 1 });
    const exact = {
      ...NO_COSTS,
      cost_usd: '18446744.073709551614',
      execution_count: 3,
      priced_count: 2,
      unpriced_count: 1,
      prompt_tokens: 16,
      response_tokens: 1,
    };
    expect((await costs('prompt_name=exact')).body).toEqual({
      group_by: 'prompt',
      total: exact,
      groups: [{ key: 'exact', ...exact }],
      next_cursor: null,
    });
  });

  it('groups by prompt, model, environment, team, key and day', async () => {
    await putPrompt(stage.admin, 'grouped', 'Hi');
    const { keyId } = await clientWith(stage, ['executions:run']);
    await ran('grouped', { cost: '3000000000000', at: '2026-03-01T23:59:59.999Z', keyId, team: 'docs' });
    await ran('grouped', { cost: '1000000000000', at: '2026-03-02T00:00:00Z', model: OPENAI });
    await ran('grouped', { cost: '1000000000000', at: '2026-03-02T00:00:00Z', environment: 'prod' });
    const by = async (groupBy: string) =>
      keysOf((await costs(`group_by=${groupBy}&prompt_name=grouped`)).body);
    expect(await by('prompt')).toEqual([['grouped', '5', 3]]);
    expect(await by('model')).toEqual([
      ['echo/echo', '4', 2],
      ['openai/gpt-4o-mini', '1', 1],
    ]);
    expect(await by('environment')).toEqual([
      ['dev', '4', 2],
      ['prod', '1', 1],
    ]);
    expect(await by('owner_team')).toEqual([
      ['docs', '3', 1],
      [null, '2', 2],
    ]);
    expect(await by('api_key')).toEqual([
      [keyId, '3', 1],
      [null, '2', 2],
    ]);
    expect(await by('day')).toEqual([
      ['2026-03-01', '3', 1],
      ['2026-03-02', '2', 2],
    ]);
    const { body } = await costs('group_by=api_key&prompt_name=grouped');
    expect((body['groups'] as ApiBody[]).map(({ key_name: name }) => name)).toEqual(['a key', null]);
    const narrow = 'from=2026-03-01T23:59:59.999Z&to=2026-03-02T00:00:00Z';
    expect(keysOf((await costs(`group_by=day&prompt_name=grouped&${narrow}`)).body)).toEqual([
      ['2026-03-01', '3', 1],
    ]);
  });

  it('has a null key for calls without a prompt, which are in neither mode', async () => {
    const modes = (await stage.admin.get('/v1/analytics/prompts')).body;
    await ran(null, { cost: '1', at: '2026-04-01T12:00:00Z' });
    const { body } = await costs('from=2026-04-01T00:00:00Z&to=2026-04-02T00:00:00Z');
    expect(keysOf(body)).toEqual([[null, '0.000000000001', 1]]);
    expect((await stage.admin.get('/v1/analytics/prompts')).body).toEqual(modes);
  });

  it('leaves a deleted prompt its name, together with the one that has it now', async () => {
    await putPrompt(stage.admin, 'again', 'one');
    await ran('again', { cost: '1000000000000' });
    await stage.admin.delete(promptPath('again'));
    expect(keysOf((await costs('prompt_name=again')).body)).toEqual([['again', '1', 1]]);
    await putPrompt(stage.admin, 'again', 'two');
    await stage.admin.post('/v1/executions:run', { prompt_name: 'again', model: ECHO });
    expect(keysOf((await costs('prompt_name=again')).body)).toEqual([['again', '1', 2]]);
  });

  it('counts a run that was answered, at once, by its key', async () => {
    await putPrompt(stage.admin, 'ran', 'Hi');
    const client = await clientWith(stage, ['executions:run']);
    await client.post('/v1/executions:run', { prompt_name: 'ran', model: ECHO });
    const { body } = await costs('group_by=api_key&prompt_name=ran');
    expect(body['groups']).toMatchObject([{ key: client.keyId, key_name: 'a key', execution_count: 1 }]);
  });

  it.each([1, 2, 50])('in pages of %i has each group once, and the same total', async (limit) => {
    await putPrompt(stage.admin, `paged-${limit}`, 'Hi');
    const name = `prompt_name=paged-${limit}`;
    // The longest labels there are, in characters that take the most room in a cursor.
    const teams = ['b', 'a', '\u0001'.repeat(200), '😀'.repeat(200)];
    for (const team of teams) await ran(`paged-${limit}`, { team, cost: team === 'a' ? '2' : '1' });
    await ran(`paged-${limit}`, {});
    await ran(`paged-${limit}`, { team: 'unpriced' });
    const seen: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { status, body } = await costs(`group_by=owner_team&${name}&limit=${limit}${more}`);
      expect(status).toBe(200);
      expect(body['total']).toMatchObject({ execution_count: 6, cost_usd: '0.000000000005' });
      seen.push(...keysOf(body).map(([key]) => key));
      cursor = body['next_cursor'] as string | null;
    }
    expect(seen).toEqual(['a', teams[2], 'b', teams[3], 'unpriced', null]);
  });

  it('is the same after the counts were folded', async () => {
    const before = (await costs('group_by=day')).body;
    await eventually(async () => {
      const [row] = await stage.sql<{ count: number }>('SELECT count(*)::int FROM execution_deltas');
      return row?.count === 0;
    });
    expect((await costs('group_by=day')).body).toEqual(before);
  });

  it.each([
    ['group_by=weekday', '/group_by'],
    ['group_by=', '/group_by'],
    ['from=yesterday', '/from'],
    ['prompt_name=a%20b', '/prompt_name'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/from'],
    ['mode=full', '/mode'],
    ['limit=201', '/limit'],
    ['cursor=eyJhIjoxfQ', '/cursor'],
    [`cursor=${Buffer.from('["1; DROP",null]').toString('base64url')}`, '/cursor'],
  ])('refuses the query "%s"', async (query, pointer) => {
    const answer = await costs(query);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer }]);
  });

  it('needs the scope analytics:read, and shows nothing of another project', async () => {
    expectProblem(await costs('', await clientWith(stage, ['executions:read'])), 403, 'FORBIDDEN');
    await putPrompt(stage.admin, 'ours', 'Hi');
    await ran('ours', { cost: '1' });
    const other = await otherProject(stage);
    expect((await costs('prompt_name=ours', other)).body).toMatchObject({ total: NO_COSTS, groups: [] });
  });
});
