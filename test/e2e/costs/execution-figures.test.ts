import type { ApiBody } from '../../support/api-client.js';
import { clientWith } from '../other-project.js';
import { ADMIN_KEY, ECHO, OPENAI, putPrompt, type Stage, startStage, submit } from '../stage.js';

let stage: Stage;

interface Figures {
  readonly execution_count: number;
  readonly succeeded_count: number;
  readonly failed_count: number;
  readonly canceled_count: number;
  readonly cache_hit_count: number;
  readonly cost_usd: string | null;
  readonly unpriced_count: number;
  readonly prompt_tokens: number | null;
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
}
type Group = Figures & { readonly key: string | null; readonly key_name?: string | null };
interface Answer {
  readonly from: string;
  readonly to: string;
  readonly total: Figures;
  readonly groups: readonly Group[];
}

const read = async (query: string): Promise<Answer> =>
  (await stage.admin.get<Answer & ApiBody>(`/v1/analytics/executions?${query}`)).body;

beforeAll(async () => {
  // Submitted executions stay queued, so they are not over.
  stage = await startStage({ WORKER: 'off' });
  await putPrompt(stage.admin, 'reply', 'Answer {{question}}', { owner_team: 'Support' });
  await putPrompt(stage.admin, 'reply', 'Answer {{question}} briefly', { owner_team: 'Support' });
  await putPrompt(stage.admin, 'other', 'Else');
  await stage.admin.post('/v1/prices', { ...ECHO, input_usd_per_mtok: '1', output_usd_per_mtok: '1' });
  const keyed = await clientWith(stage, ['executions:run']);
  const run = (body: ApiBody, client = stage.admin) =>
    client.post('/v1/executions:run', { model: ECHO, environment: 'prod', ...body });
  const question = { variables: { question: 'Why?' } };
  for (let turn = 0; turn < 5; turn += 1) await run({ prompt_name: 'reply', version_number: 1, ...question });
  for (let turn = 0; turn < 3; turn += 1) await run({ prompt_name: 'reply', version_number: 2, ...question });
  await run({ prompt_name: 'other' }, keyed);
  await run({ prompt_name: 'other', environment: 'dev', model: OPENAI });
  await run({ content: { template_source: 'bare' } });
  for (let turn = 0; turn < 2; turn += 1) await run({ prompt_name: 'other', cache: { ttl_s: 60 } });
  const queued = await submit(stage.admin, { prompt_name: 'other', model: ECHO, environment: 'prod' });
  await stage.admin.post(`/v1/executions/${queued}:cancel`);
  await submit(stage.admin, { prompt_name: 'other', model: ECHO, environment: 'prod' });
});
afterAll(() => stage.close());

/** Counts the entries of the list with this filter over all pages. */
async function countListed(query: string): Promise<number> {
  const { body } = await stage.admin.get(`/v1/executions?limit=200&final=true&${query}`);
  return (body['executions'] as unknown[]).length;
}

const GROUPS = ['hour', 'day', 'prompt', 'version', 'model', 'environment', 'owner_team', 'api_key'] as const;

/** Returns the list filter that selects a group. */
function filterOf(groupBy: (typeof GROUPS)[number], key: string | null): string {
  if (groupBy === 'hour' || groupBy === 'day') {
    const ms = Date.parse(key ?? '');
    const endMs = ms + (groupBy === 'hour' ? 3_600_000 : 86_400_000);
    return `created_after=${new Date(ms - 1).toISOString()}&created_before=${new Date(endMs).toISOString()}`;
  }
  if (key === null) return `without=${groupBy === 'version' ? 'prompt' : groupBy}`;
  if (groupBy === 'version') {
    const [name, number] = key.split('@');
    return `prompt_name=${name}&version_number=${number}`;
  }
  return `${groupBy === 'prompt' ? 'prompt_name' : groupBy}=${encodeURIComponent(key)}`;
}

describe('GET /v1/analytics/executions', () => {
  it.each(GROUPS)('has for every %s what the list of executions has', async (groupBy) => {
    const { total, groups } = await read(`group_by=${groupBy}`);
    expect(total).toMatchObject({ execution_count: 14, canceled_count: 1, cache_hit_count: 1 });
    expect(groups.reduce((sum, { execution_count: count }) => sum + count, 0)).toBe(14);
    const withSome = groups.filter(({ execution_count: count }) => count > 0);
    for (const { key, execution_count: count } of withSome) {
      const filter = filterOf(groupBy, key);
      expect({ filter, count: await countListed(filter) }).toEqual({ filter, count });
    }
    expect(await countListed('')).toBe(14);
    expect((await stage.admin.get('/v1/executions?final=false')).body['executions']).toHaveLength(1);
  });

  it('names groups, sums what is known, and narrows by every filter', async () => {
    expect(
      (await read('group_by=version')).groups.map(({ key, execution_count: count }) => [key, count]),
    ).toEqual([
      ['other@1', 5],
      ['reply@1', 5],
      ['reply@2', 3],
      [null, 1],
    ]);
    const ofReply = await read('group_by=environment&prompt_name=reply&version_number=1');
    expect(ofReply.groups).toMatchObject([
      { key: 'prod', execution_count: 5, succeeded_count: 5, unpriced_count: 0, cost_usd: '0.00002' },
    ]);
    const { total } = ofReply;
    expect(total.latency_ms?.p50).toBeLessThanOrEqual(total.latency_ms?.p99 ?? -1);
    for (const [filter, count] of [
      ['model=openai%2Fgpt-4o-mini', 1],
      ['environment=dev', 1],
      ['owner_team=Support', 8],
      ['owner_team=nobody', 0],
      ['api_key=01990f3e-7c1a-7d52-9a3e-5b1f0c2d4e6f', 0],
    ] as const) {
      expect([filter, (await read(`group_by=prompt&${filter}`)).total.execution_count]).toEqual([
        filter,
        count,
      ]);
      expect([filter, await countListed(filter)]).toEqual([filter, count]);
    }
    const keys = (await read('group_by=api_key')).groups;
    expect(keys.map(({ execution_count: count }) => count)).toEqual([13, 1]);
    expect(keys[1]?.key_name).toEqual(expect.any(String));
  });

  it('has an hour for every hour of the span, with none where nothing ran', async () => {
    const { groups, total } = await read('group_by=hour&from=2026-01-01T00:30:00Z&to=2026-01-01T03:00:00Z');
    expect(groups.map(({ key }) => key)).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T01:00:00.000Z',
      '2026-01-01T02:00:00.000Z',
    ]);
    expect([total, ...groups]).toEqual(
      [undefined, ...groups].map(() =>
        expect.objectContaining({
          execution_count: 0,
          cost_usd: null,
          prompt_tokens: null,
          latency_ms: null,
        }),
      ),
    );
  });

  it.each([
    'group_by=week',
    'from=yesterday',
    'from=2026-02-01T00:00:00Z&to=2026-02-01T00:00:00Z',
    'from=2020-01-01T00:00:00Z&to=2026-02-01T00:00:00Z',
    'group_by=hour&from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z',
    'version_number=1',
    'prompt_name=a&version_number=0',
    'api_key=x',
    'status=failed',
  ])('refuses %s', async (query) => {
    const { status, body } = await stage.admin.get(`/v1/analytics/executions?${query}`);
    expect([status, body['code']]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it.each(['version_number=1', 'without=model', 'final=perhaps', 'api_key=x'])(
    'is listed, and refused as a filter: %s',
    async (query) => {
      expect((await stage.admin.get(`/v1/executions?${query}`)).status).toBe(400);
    },
  );

  it('shows nothing of another project', async () => {
    const answer = await fetch(`${stage.ledger.url}/v1/analytics/executions`, {
      headers: { 'X-API-Key': ADMIN_KEY, 'X-Project': '01990f3e-7c1a-7d52-9a3e-5b1f0c2d4e6f' },
    });
    expect(answer.status).toBe(404);
  });
});
