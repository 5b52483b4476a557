import type { ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { clientWith, otherProject } from '../other-project.js';
import {
  ECHO,
  expectProblem,
  OPENAI,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  submit,
} from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  // Submitted executions stay queued, so that they can be canceled.
  stage = await startStage({ WORKER: 'off' });
});
afterAll(() => stage.close());

const analytics = async (query = '', client = stage.admin) => client.get(`/v1/analytics/prompts?${query}`);

async function countOf(query: string): Promise<number> {
  const { body } = await analytics(`mode=full&${query}`);
  return body['execution_count'] as number;
}

async function run(promptName: string, more: ApiBody = {}): Promise<ApiBody> {
  return (await stage.admin.post('/v1/executions:run', { prompt_name: promptName, model: ECHO, ...more }))
    .body;
}

describe('GET /v1/analytics/prompts', () => {
  it('of a project in which nothing ran has zero counts and nulls', async () => {
    const client = await clientWith(stage, ['analytics:read', 'prompts:read']);
    const none = { execution_count: 0, avg_latency_ms: null };
    expect((await analytics('', client)).body).toEqual({
      summary: { total_executions: 0, full_mode_prompts: 0, tracking_mode_prompts: 0 },
      by_mode: { full: none, tracking: none },
    });
    for (const mode of ['full', 'tracking']) {
      expect((await analytics(`mode=${mode}`, client)).body).toEqual({
        mode,
        prompt_count: 0,
        ...none,
        total_prompt_tokens: null,
        total_response_tokens: null,
      });
    }
  });

  it('counts a run that was answered, at once, with its latency and tokens', async () => {
    await putPrompt(stage.admin, 'counted', 'Hi');
    const latencies: number[] = [];
    let promptTokens = 0;
    let responseTokens = 0;
    for (let count = 1; count <= 5; count += 1) {
      const { telemetry } = (await run('counted', { model: OPENAI })) as {
        telemetry: Record<string, number>;
      };
      latencies.push(telemetry['latency_ms'] ?? NaN);
      promptTokens += telemetry['prompt_tokens'] ?? NaN;
      responseTokens += telemetry['response_tokens'] ?? NaN;
      const { body } = await analytics('mode=full&prompt_name=counted');
      expect(body).toEqual({
        mode: 'full',
        prompt_count: 1,
        execution_count: count,
        avg_latency_ms: expect.closeTo(latencies.reduce((sum, ms) => sum + ms, 0) / count, 9) as number,
        total_prompt_tokens: promptTokens,
        total_response_tokens: responseTokens,
      });
    }
  });

  it('counts what failed and what was canceled, without their latency', async () => {
    await putPrompt(stage.admin, 'unlucky', 'Hi');
    await run('unlucky', { model: { provider: 'echo', model_name: 'echo-fail-500' } });
    expect(await countOf('prompt_name=unlucky')).toBe(1);
    const id = await submit(stage.admin, { prompt_name: 'unlucky', model: ECHO });
    expect(await countOf('prompt_name=unlucky')).toBe(1);
    expect((await stage.admin.post(`/v1/executions/${id}:cancel`)).status).toBe(200);
    expect((await analytics('mode=full&prompt_name=unlucky')).body).toMatchObject({
      execution_count: 2,
      avg_latency_ms: null,
      total_prompt_tokens: null,
    });
  });

  it('counts by the mode that the prompt was in when it ran, and prompts by the mode they are in', async () => {
    await putPrompt(stage.admin, 'moved', 'Hi');
    await run('moved');
    await stage.sql(`UPDATE prompts SET mode = 'tracking' WHERE name = 'moved'`);
    const { body } = await analytics('prompt_name=moved');
    expect(body).toMatchObject({
      summary: { total_executions: 1, full_mode_prompts: 0, tracking_mode_prompts: 1 },
      by_mode: { full: { execution_count: 1 }, tracking: { execution_count: 0, avg_latency_ms: null } },
    });
  });

  it('counts executions of a deleted prompt of the name, and only living prompts', async () => {
    await putPrompt(stage.admin, 'again', 'one');
    await run('again');
    await stage.admin.delete(promptPath('again'));
    expect((await analytics('mode=full&prompt_name=again')).body).toMatchObject({
      prompt_count: 0,
      execution_count: 1,
    });
    await putPrompt(stage.admin, 'again', 'two');
    await run('again');
    expect((await analytics('mode=full&prompt_name=again')).body).toMatchObject({
      prompt_count: 1,
      execution_count: 2,
    });
    expect(await countOf('prompt_name=never-there')).toBe(0);
  });

  it('is narrowed to what was created from one time on and before another', async () => {
    await putPrompt(stage.admin, 'timed', 'Hi');
    const first = String((await run('timed'))['created_at']);
    const second = String((await run('timed'))['created_at']);
    const of = (bounds: string) => countOf(`prompt_name=timed&${bounds}`);
    const isApart = first !== second;
    expect(await of(`from=${first}`)).toBe(2);
    expect(await of(`to=${first}`)).toBe(0);
    expect(await of(`from=${second}`)).toBe(isApart ? 1 : 2);
    expect(await of(`to=${second}`)).toBe(isApart ? 1 : 0);
    expect(await of(`from=${first}&to=${second}`)).toBe(isApart ? 1 : 0);
    expect(await of(`from=${second}&to=${second}`)).toBe(0);
    expect(await of('from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z')).toBe(2);
    expect(await of('from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59.999Z')).toBe(2);
    expect(await of('from=0001-01-01T00:00:00.001Z')).toBe(2);
    expect(await of('to=0001-01-01T00:30:00Z')).toBe(0);
    expect(await of('from=9999-12-31T23:30:00Z')).toBe(0);
    expect(await of('from=9999-12-31T23:30:00Z&to=9999-12-31T23:59:59.999Z')).toBe(0);
    expect(await of(`from=${first.replace('Z', '%2B00:00')}`)).toBe(2);
  });

  it('is the same after the counts were folded', async () => {
    const before = (await analytics()).body;
    await eventually(async () => {
      const [row] = await stage.sql<{ count: number }>('SELECT count(*)::int FROM execution_deltas');
      return row?.count === 0;
    });
    expect((await analytics()).body).toEqual(before);
  });

  it.each([
    ['mode=both', '/mode'],
    ['mode=', '/mode'],
    ['mode=full&mode=tracking', '/mode'],
    ['from=yesterday', '/from'],
    ['to=2026-02-30T00:00:00Z', '/to'],
    ['prompt_name=a%20b', '/prompt_name'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/from'],
    ['since=2026-01-01T00:00:00Z', '/since'],
  ])('refuses the query "%s"', async (query, pointer) => {
    const answer = await analytics(query);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer }]);
  });

  it('needs the scope analytics:read, and shows nothing of another project', async () => {
    expectProblem(await analytics('', await clientWith(stage, ['executions:read'])), 403, 'FORBIDDEN');
    const other = await otherProject(stage);
    expect((await analytics('', other)).body).toMatchObject({ summary: { total_executions: 0 } });
    expect((await analytics('prompt_name=counted&mode=full', other)).body).toMatchObject({
      execution_count: 0,
    });
    await putPrompt(other, 'counted', 'theirs');
    await other.post('/v1/executions:run', { prompt_name: 'counted', model: ECHO });
    expect((await analytics('prompt_name=counted&mode=full', other)).body).toMatchObject({
      execution_count: 1,
    });
    expect(await countOf('prompt_name=counted')).toBe(5);
  });
});
