import type { ApiBody } from '../../support/api-client.js';
import { clientWith, otherProject } from '../other-project.js';
import { ECHO, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;
let busy: string;
let idle: string;

interface PromptActivity {
  readonly prompt_id: string;
  readonly execution_counts: readonly number[];
  readonly costs_usd: readonly (string | null)[];
  readonly execution_count: number;
  readonly cost_usd: string | null;
  readonly unpriced_count: number;
}
interface Activity {
  readonly days: readonly string[];
  readonly prompts: readonly PromptActivity[];
}

const NOBODY = '00000000-0000-7000-8000-000000000009';
const read = async (query: string): Promise<Activity> =>
  (await stage.admin.get<Activity & ApiBody>(`/v1/analytics/activity?${query}`)).body;
const idOf = async (name: string) => String((await stage.admin.get(promptPath(name))).body['prompt_id']);
const run = (more: ApiBody = {}) =>
  stage.admin.post('/v1/executions:run', { prompt_name: 'busy', model: ECHO, ...more });

beforeAll(async () => {
  stage = await startStage();
  for (const name of ['busy', 'idle']) await putPrompt(stage.admin, name, 'Hello');
  [busy, idle] = [await idOf('busy'), await idOf('idle')];
  await stage.admin.post('/v1/prices', { ...ECHO, input_usd_per_mtok: '1', output_usd_per_mtok: '1' });
  for (let turn = 0; turn < 3; turn += 1) await run();
  await stage.admin.put('/v1/models/openai/unpriced', {});
  await run({ model: { provider: 'openai', model_name: 'unpriced' } });
});
afterAll(() => stage.close());

describe('GET /v1/analytics/activity', () => {
  it('has the executions and the cost of each day, in the order that was asked for', async () => {
    const { days, prompts } = await read(`prompt_ids=${idle},${busy.toUpperCase()},${NOBODY}`);
    expect(days).toHaveLength(7);
    expect([...days].sort()).toEqual(days);
    expect(prompts.map(({ prompt_id: id }) => id)).toEqual([idle, busy, NOBODY]);
    const [none, some, unknown] = prompts as [PromptActivity, PromptActivity, PromptActivity];
    expect(none).toMatchObject({ execution_count: 0, cost_usd: null, unpriced_count: 0 });
    expect(none.execution_counts).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(unknown).toEqual({ ...none, prompt_id: NOBODY });
    expect(some).toMatchObject({ execution_count: 4, unpriced_count: 1 });
    expect(some.execution_counts.reduce((sum, count) => sum + count)).toBe(4);
    const { body } = await stage.admin.get('/v1/analytics/costs?prompt_name=busy');
    expect(some.cost_usd).toBe((body['total'] as ApiBody)['cost_usd']);
  });

  it('stays the same while counts are folded, and knows other days', async () => {
    const before = await read(`prompt_ids=${busy}&days=31`);
    await stage.sql('SELECT ledger_fold_executions(1000)');
    expect(await read(`prompt_ids=${busy}&days=31`)).toEqual(before);
    await stage.sql(
      `UPDATE execution_rollups SET period = period - interval '2 days' WHERE grain = 'day' AND prompt_id = $1`,
      [busy],
    );
    const { prompts } = await read(`prompt_ids=${busy}&days=4`);
    expect(prompts[0]?.execution_counts).toEqual([0, 4, 0, 0]);
    expect(prompts[0]?.costs_usd.map((cost) => cost !== null)).toEqual([false, true, false, false]);
    expect((await read(`prompt_ids=${busy}&days=2`)).prompts[0]?.execution_count).toBe(0);
  });

  it('says nothing of another project, and asks for the scope', async () => {
    const elsewhere = await otherProject(stage);
    const { body } = await elsewhere.get<Activity & ApiBody>(`/v1/analytics/activity?prompt_ids=${busy}`);
    expect(body.prompts[0]).toMatchObject({ prompt_id: busy, execution_count: 0, cost_usd: null });
    const other = await clientWith(stage, ['executions:run']);
    expect(await other.get(`/v1/analytics/activity?prompt_ids=${busy}`)).toMatchObject({ status: 403 });
  });

  it.each(['', 'prompt_ids=', 'prompt_ids=a', `prompt_ids=${NOBODY}&days=0`, `prompt_ids=${NOBODY}&days=32`])(
    'refuses %j',
    async (query) => {
      const { status, body } = await stage.admin.get(`/v1/analytics/activity?${query}`);
      expect({ status, body }).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    },
  );

  it('takes 200 prompts and no more', async () => {
    const ids = (count: number) => Array.from({ length: count }, () => NOBODY).join(',');
    expect((await read(`prompt_ids=${ids(200)}`)).prompts).toHaveLength(200);
    expect(await stage.admin.get(`/v1/analytics/activity?prompt_ids=${ids(201)}`)).toMatchObject({
      status: 400,
    });
  });
});
