import { Client } from 'pg';
import { openStatement } from '../../../src/infra/database/index.js';
import type { ExecutionFilter } from '../../../src/modules/executions/reads/bound-filter.js';
import { listExecutions } from '../../../src/modules/executions/reads/list-executions.sql.js';
import {
  ENVIRONMENTS,
  insertLargeLedger,
  insertPrompts,
  insertWaiting,
  LARGE_ROLLOUT,
  RARE_ENVIRONMENT,
  SMALL_ROLLOUT,
} from '../../support/worlds/large-ledger.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import type { LedgerIds } from '../../support/worlds/record-world.js';

/**
 * Pages that a list of 20 rows and their details may access, over up to twelve ranges in each of six partitions, or over a
 * few hundred rows that the planner prefers to sort instead of merge. A scan of one partition takes thousands.
 */
const PAGES = 1000;
const LIMIT = 20;
/**
 * The number in flight. These rows have no indexes for lists, which would cost every execution, so a list without matches reads all of
 * them.
 */
const WAITING = 1000;
const FACTS = `e.execution_id AS "executionId", e.status, p.name AS "promptName", v.version_number AS "versionNumber", m.provider`;

type Filter = Omit<ExecutionFilter, 'limit'>;

let context: LedgerContext;
let app: Client;
let prompts: LedgerIds[];
const plans = new Map<string, string>();

/** The words stand for values that are only known once there are rows. */
const PROMPT = ['prompt'];
/** This prompt has only successes. */
const FAITHFUL = ['faithful'];
const NOBODY = ['00000000-0000-7000-8000-000000000009'];
const MIDDLE = new Date('2000-01-01');
const MIDDLE_ID = 'middle';

const ONE: Filter[] = [
  {},
  { promptIds: PROMPT },
  { promptIds: NOBODY },
  ...(['queued', 'running', 'succeeded', 'failed', 'canceled'] as const).map((status) => ({ status })),
  ...[ENVIRONMENTS[0], RARE_ENVIRONMENT, 'none'].map((environment) => ({
    environment: environment as string,
  })),
  { correlationId: 'order 77' },
  { correlationId: 'none' },
  { metadata: { plan: 'free' } },
  { metadata: { user: 'user 77' } },
  { metadata: { user: 'nobody' } },
  { metadata: { plan: 'free', user: 'user 77' } },
  { metadata: { user: 'user 77', plan: 'free', region: 'none' } },
  { batchId: '00000000-0000-7000-8000-000000000005' },
  { batchId: '00000000-0000-7000-8000-00000fffffff' },
  { outputValid: false },
  { rolloutId: LARGE_ROLLOUT },
  { rolloutId: SMALL_ROLLOUT },
  { rolloutId: NOBODY[0] },
];
const SEVERAL: Filter[] = [
  { promptIds: PROMPT, status: 'failed' },
  { promptIds: FAITHFUL, status: 'failed' },
  { promptIds: FAITHFUL, status: 'canceled' },
  { promptIds: PROMPT, status: 'queued' },
  { promptIds: FAITHFUL, status: 'queued' },
  { promptIds: [...PROMPT, ...FAITHFUL], status: 'canceled' },
  { promptIds: PROMPT, environment: 'production' },
  { promptIds: FAITHFUL, environment: RARE_ENVIRONMENT },
  { environment: 'production', status: 'canceled' },
  { environment: RARE_ENVIRONMENT, status: 'canceled' },
  { environment: 'none', status: 'running' },
  { promptIds: PROMPT, environment: 'dev', status: 'succeeded' },
  { promptIds: FAITHFUL, environment: 'dev', status: 'failed' },
  { correlationId: 'order 77', status: 'failed' },
  { outputValid: true, status: 'queued' },
  { outputValid: false, metadata: { plan: 'free' } },
  { metadata: { user: 'user 77' }, status: 'canceled' },
  { metadata: { plan: 'free' }, environment: 'production' },
  { metadata: { plan: 'free', user: 'user 77' }, promptIds: PROMPT, status: 'queued' },
  { metadata: { user: 'user 77' }, correlationId: 'order 77' },
  { rolloutId: LARGE_ROLLOUT, arm: 'candidate' },
  { rolloutId: LARGE_ROLLOUT, arm: 'control', status: 'failed' },
  { rolloutId: LARGE_ROLLOUT, status: 'canceled' },
  { rolloutId: LARGE_ROLLOUT, arm: 'candidate', status: 'queued' },
  { rolloutId: SMALL_ROLLOUT, arm: 'candidate', environment: 'production' },
  { rolloutId: LARGE_ROLLOUT, metadata: { user: 'user 77' } },
  { rolloutId: LARGE_ROLLOUT, outputValid: false },
];
const POSITIONS: Filter[] = [
  {},
  { beforeId: MIDDLE_ID },
  { createdAfter: MIDDLE },
  { createdBefore: MIDDLE },
  { createdAfter: MIDDLE, createdBefore: MIDDLE },
];
const FILTERS = [...ONE, ...SEVERAL].flatMap((filter) =>
  POSITIONS.map((position) => ({ ...filter, ...position })),
);

beforeAll(async () => {
  context = await openLedgerContext();
  prompts = await insertPrompts(context.owner, context.projectId);
  app = new Client({ connectionString: context.url, options: '-c role=prompt_ledger_app' });
  await app.connect();
  // Each list is planned while the tables are empty, as on a connection that a fresh ledger has opened.
  for (const filter of FILTERS) await pagesOf(filter);
  await insertLargeLedger(context, prompts);
  await insertWaiting(context.owner, context.projectId, prompts[0] as LedgerIds, { count: WAITING });
}, 300_000);
afterAll(async () => {
  await app.end();
  await context.close();
}, 60_000);

/** Fills in the values that the words stand for. */
function filled(filter: Filter): ExecutionFilter {
  const middle = Date.now() + 10 * 86_400_000;
  const promptIds = filter.promptIds?.map(
    (word) =>
      ({ prompt: prompts[1]?.promptId as string, faithful: prompts.at(-1)?.promptId as string })[word] ??
      word,
  );
  const hex = (ms: number) => ms.toString(16).padStart(12, '0');
  return {
    ...filter,
    promptIds,
    ...(filter.createdAfter === undefined ? {} : { createdAfter: new Date(middle - 86_400_000) }),
    ...(filter.createdBefore === undefined ? {} : { createdBefore: new Date(middle + 86_400_000) }),
    ...(filter.beforeId === undefined
      ? {}
      : { beforeId: `${hex(middle).slice(0, 8)}-${hex(middle).slice(8)}-7000-8000-000000000000` }),
    limit: LIMIT,
  };
}

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly 'Actual Rows': number;
}

/** Counts the accessed pages, with the plan that was made the first time or, with `isNew`, one for these values. */
async function pagesOf(filter: Filter, isNew = false): Promise<number> {
  const { name, text, values } = listExecutions(context.projectId, filled(filter), FACTS);
  if (!plans.has(name)) {
    plans.set(name, `list_${plans.size}`);
    await app.query(`PREPARE ${plans.get(name) as string} AS ${text}`);
  }
  const literals = values.map((value) => app.escapeLiteral(literalOf(value)));
  await app.query(openStatement(context.projectId, { name, text, values, isPlannedOnce: true }));
  if (isNew) await app.query(`SET LOCAL plan_cache_mode = force_custom_plan`);
  const { rows } = await app.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE ${plans.get(name) as string} (${literals.join(', ')})`,
  );
  await app.query('COMMIT');
  const [{ Plan: plan }] = (rows[0] as (typeof rows)[0])['QUERY PLAN'];
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

function literalOf(value: unknown): string {
  if (Array.isArray(value)) return `{${value.join(',')}}`;
  return value instanceof Date ? value.toISOString() : String(value);
}

async function expectFew(isNew: boolean): Promise<void> {
  const tooMany: [string, number][] = [];
  for (const filter of FILTERS) {
    const pages = await pagesOf(filter, isNew);
    if (pages > PAGES) tooMany.push([JSON.stringify(filter), pages]);
  }
  expect(tooMany).toEqual([]);
}

describe('a page of a list looks at few pages of the tables, whatever it is filtered by', () => {
  it('by a plan that was made while they were empty', () => expectFew(false));
  it('by a plan for its values, without statistics', () => expectFew(true));
  it('by a plan that is made with statistics', async () => {
    await context.owner.query('ANALYZE');
    await expectFew(false);
    await expectFew(true);
  });
});
