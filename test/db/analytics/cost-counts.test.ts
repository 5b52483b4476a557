import fc from 'fast-check';
import {
  COST_GROUPS,
  type CostGroup,
  type CostPosition,
  type Costs,
  ExecutionCostsRepository,
  type GroupCosts,
} from '../../../src/modules/analytics/costs/execution-costs.repository.js';
import type { CountFilter } from '../../../src/modules/analytics/counts/count-parts.js';
import { ExecutionCountsRepository } from '../../../src/modules/analytics/counts/execution-counts.repository.js';
import { costsByBruteForce } from '../../support/rows/costs-by-brute-force.js';
import { countByBruteForce, inOrder } from '../../support/rows/count-by-brute-force.js';
import { endCounted, insertCounted } from '../../support/rows/counted-executions.js';
import { emptyExecutions, emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach } from '../../support/rows/ledger-rows.js';

const MOST = 1_000;
const HOUR_MS = 3_600_000;
const BASE_MS = Date.parse('2026-02-27T00:00:00Z');
const EVER: CountFilter = { promptName: null, span: null };

let context: LedgerContext;
let costs: ExecutionCostsRepository;
let counts: ExecutionCountsRepository;
let versionId: string;
/** The ids of the first prompt, and of two that had the same name one after the other. */
let promptIds: string[];
let modelIds: string[];
let keyIds: string[];

const idsOf = async (text: string) =>
  (await context.owner.query<{ id: string }>(text, [context.projectId])).rows.map(({ id }) => id);

beforeAll(async () => {
  context = await openLedgerContext();
  costs = new ExecutionCostsRepository(context.scope);
  counts = new ExecutionCountsRepository(context.scope);
  const ids = await insertOneOfEach(context.owner, context.projectId);
  versionId = ids.versionId;
  const twice = await idsOf(`INSERT INTO prompts (project_id, name, mode, kind, deleted_at)
    VALUES ($1, 'twice', 'full', 'text', now()), ($1, 'twice', 'tracking', 'text', NULL) RETURNING prompt_id AS id`);
  promptIds = [ids.promptId, ...twice];
  modelIds = [
    ids.modelId,
    ...(await idsOf(
      `INSERT INTO models (project_id, provider, model_name) VALUES ($1, 'openai', 'a/b') RETURNING model_id AS id`,
    )),
  ];
  keyIds = await idsOf(`INSERT INTO api_keys (project_id, name, secret_hmac, scopes)
    VALUES ($1, 'same', '\\x00', '{}'), ($1, 'same', '\\x01', '{}') RETURNING key_id AS id`);
});
afterAll(() => context.close());
beforeEach(clear);

async function clear(): Promise<void> {
  await emptyExecutions(context.owner);
  await emptyTables(context.owner, 'execution_deltas', 'execution_rollups');
}

interface Made {
  readonly at_ms: number;
  readonly status: string;
  /** Null for a call without a prompt. */
  readonly prompt: number | null;
  readonly mode: string;
  readonly model: number;
  readonly key: number | null;
  readonly environment: string;
  readonly owner_team: string | null;
  readonly cost: string | null;
  readonly prompt_tokens: number | null;
  readonly cached_prompt_tokens: number | null;
  readonly response_tokens: number | null;
  readonly reasoning_tokens: number | null;
}

/** A time within five days, often exactly at the start of an hour or a day, or close to it. */
const moment = fc
  .oneof(
    fc.nat(120 * HOUR_MS),
    fc.tuple(fc.nat(120), fc.integer({ min: -1, max: 1 })).map(([hours, ms]) => hours * HOUR_MS + ms),
    fc.tuple(fc.nat(5), fc.integer({ min: -1, max: 1 })).map(([days, ms]) => days * 24 * HOUR_MS + ms),
  )
  .map((ms) => BASE_MS + ms);
const number = fc.option(fc.nat(2_000_000_000), { nil: null });
/** Up to the largest bigint, so that the sum of two is larger; often equal. */
const cost = fc.option(
  fc.oneof(fc.constantFrom(0n, 5n), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n })).map(String),
  {
    nil: null,
  },
);
const made: fc.Arbitrary<Made> = fc.record({
  at_ms: moment,
  status: fc.constantFrom('queued', 'running', 'succeeded', 'succeeded', 'succeeded', 'failed', 'canceled'),
  prompt: fc.option(fc.nat(2), { nil: null }),
  mode: fc.constantFrom('full', 'tracking'),
  model: fc.nat(1),
  key: fc.option(fc.nat(1), { nil: null }),
  environment: fc.constantFrom('dev', 'prod', 'Ä'),
  owner_team: fc.constantFrom(null, '', 'docs', 'Zebra'),
  cost,
  prompt_tokens: number,
  cached_prompt_tokens: number,
  response_tokens: number,
  reasoning_tokens: number,
});
/** One statement, which inserts some executions as they are and ends others. */
const step = fc.record({
  rows: fc.array(made, { maxLength: 12 }),
  isInsert: fc.boolean(),
  folds: fc.constantFrom(0, 0, 3, MOST),
});
type Step = (typeof step extends fc.Arbitrary<infer T> ? T : never) & { rows: Made[] };

const question = fc.record({
  promptName: fc.constantFrom(null, null, 'greeting', 'twice', 'nobody'),
  span: fc.option(
    fc
      .tuple(fc.option(moment, { nil: -Infinity }), fc.option(moment, { nil: Infinity }))
      .map(([one, two]) => ({ startMs: Math.min(one, two), endMs: Math.max(one, two) })),
    { nil: null },
  ),
});

async function take({ rows, isInsert, folds }: Step): Promise<void> {
  const { rows: known } = await context.owner.query<{ id: string }>(
    `SELECT left(ledger_uuid7_floor(to_timestamp(at_ms / 1000))::text, 24) || right(gen_random_uuid()::text, 12) AS id
     FROM unnest($1::float8[]) WITH ORDINALITY AS asked (at_ms, nth) ORDER BY nth`,
    [rows.map(({ at_ms: atMs }) => atMs)],
  );
  const all = rows.map(({ at_ms: atMs, cost: costPicoUsd, prompt, mode, model, key, ...row }, index) => ({
    ...row,
    execution_id: known[index]?.id as string,
    created_at_ms: atMs,
    cost_pico_usd: costPicoUsd,
    prompt_id: prompt === null ? null : (promptIds[prompt] as string),
    version_id: prompt === null ? null : versionId,
    prompt_mode: prompt === null ? null : mode,
    model_id: modelIds[model] as string,
    key_id: key === null ? null : (keyIds[key] as string),
  }));
  if (isInsert) await insertCounted(context.scope, context.projectId, all);
  else {
    const unfinished = {
      status: 'running',
      cost_pico_usd: null,
      model_id: modelIds[0] as string,
      prompt_tokens: null,
    };
    const begun = all.map((row) => ({ ...row, ...unfinished }));
    await insertCounted(context.scope, context.projectId, begun);
    await endCounted(context.scope, context.projectId, all);
  }
  if (folds > 0) await counts.fold(folds);
}

const plain = ({ executions, priced, costPicoUsd, ...rest }: Costs) => ({
  executions,
  priced,
  costPicoUsd,
  promptTokens: rest.promptTokens,
  cachedPromptTokens: rest.cachedPromptTokens,
  responseTokens: rest.responseTokens,
  reasoningTokens: rest.reasoningTokens,
});
const keyed = (group: GroupCosts) => ({ key: group.key, ...plain(group) });

/** Reads page after page, each of which must report the same total. */
async function listAll(groupBy: CostGroup, filter: CountFilter, limit = 200) {
  const groups: GroupCosts[] = [];
  for (let after: CostPosition | null = null; ;) {
    const page = await costs.list(context.projectId, { ...filter, groupBy, after, limit });
    groups.push(...page.groups);
    const last = page.groups.at(-1);
    if (last === undefined || page.groups.length < limit) return { total: page.total, groups };
    after = last;
  }
}

async function expectExact(groupBy: CostGroup, filter: CountFilter, limit?: number): Promise<void> {
  const expected = await costsByBruteForce(context.owner, context.projectId, groupBy, filter);
  const { total, groups } = await listAll(groupBy, filter, limit);
  expect({ total: plain(total), groups: groups.map(keyed) }).toEqual(expected);
}

describe('whatever ran when, and whatever is asked', () => {
  it('the costs are those of a look at every execution, to the last digit, in pages too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 5 }),
        fc.array(fc.tuple(question, fc.constantFrom(1, 2, 200)), { minLength: 1, maxLength: 3 }),
        async (steps, questions) => {
          await clear();
          for (const each of steps) await take(each);
          for (const [filter, limit] of questions)
            for (const groupBy of COST_GROUPS) await expectExact(groupBy, filter, limit);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('calls without a prompt are in neither mode', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 3 }), question, async (steps, filter) => {
        await clear();
        for (const each of steps) await take(each);
        const expected = await countByBruteForce(context.owner, context.projectId, filter);
        expect(inOrder(await counts.byMode(context.projectId, filter))).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

const ONE: Made = {
  at_ms: BASE_MS,
  status: 'succeeded',
  prompt: 0,
  mode: 'full',
  model: 0,
  key: 0,
  environment: 'dev',
  owner_team: 'docs',
  cost: '7',
  prompt_tokens: 3,
  cached_prompt_tokens: 1,
  response_tokens: 2,
  reasoning_tokens: null,
};
const insert = (...rows: Partial<Made>[]) =>
  take({ rows: rows.map((row) => ({ ...ONE, ...row })), isInsert: true, folds: 0 });

describe('costs', () => {
  it('of nothing are unknown, and not 0', async () => {
    const { total, groups } = await listAll('prompt', EVER);
    expect(groups).toEqual([]);
    expect(plain(total)).toEqual({
      executions: 0,
      priced: 0,
      costPicoUsd: null,
      promptTokens: null,
      cachedPromptTokens: null,
      responseTokens: null,
      reasoningTokens: null,
    });
  });

  it('that nobody knows come after those that are nothing', async () => {
    await insert({ environment: 'a', cost: null }, { environment: 'b', cost: '0' }, { environment: 'c' });
    const { groups } = await listAll('environment', EVER);
    expect(groups.map(({ key, costPicoUsd }) => [key, costPicoUsd])).toEqual([
      ['c', 7n],
      ['b', 0n],
      ['a', null],
    ]);
  });

  it('of a key have its name, and of none have none', async () => {
    await insert({ key: 1 }, { key: null, cost: '9' });
    const { groups } = await listAll('api_key', EVER);
    expect(groups.map(({ key, keyName }) => [key, keyName])).toEqual([
      [null, null],
      [keyIds[1], 'same'],
    ]);
  });

  it('of another project are not in them', async () => {
    await insert({});
    const query = { ...EVER, groupBy: 'model', after: null, limit: 10 } as const;
    const { total, groups } = await costs.list(context.otherProjectId, query);
    expect([total.executions, groups]).toEqual([0, []]);
  });
});
