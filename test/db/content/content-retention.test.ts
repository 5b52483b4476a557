import { Metrics } from '../../../src/infra/metrics/index.js';
import {
  ContentRetention,
  ContentRetentionRepository,
} from '../../../src/modules/executions/retention/index.js';
import { answered } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import { insertExecution } from '../../support/rows/execution-rows.js';
import { findInDatabase } from '../../support/database/find-in-database.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';
import { LockWatch } from '../../support/database/lock-watch.js';
import { insertPastExecutions, makePastWeeks } from '../../support/worlds/past-weeks.js';
import { beginningOf } from '../../support/worlds/record-world.js';

const WEEKS = 60;
const DAYS = WEEKS * 7 - 7;
const PER_DAY = 3;
/** Concurrent work waits for no lock longer than this. */
const LONGEST_WAIT_MS = 100;

let context: LedgerContext;
let ids: LedgerRows;

async function settle(projectId: string, retentionDays: object): Promise<void> {
  const settings = JSON.stringify({ retention_days: retentionDays });
  await context.owner.query('UPDATE projects SET settings = $2 WHERE project_id = $1', [projectId, settings]);
}

function openRetention(metrics = new Metrics()): ContentRetention {
  return new ContentRetention(context.config, new ContentRetentionRepository(context.scope), metrics);
}

interface DayOfContent {
  readonly project_id: string;
  readonly environment: string;
  readonly day: number;
  readonly executions: number;
  readonly marked: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly pairs: number;
  readonly texts: number;
}

/** Lists the content of each day. */
async function listDays(): Promise<DayOfContent[]> {
  const { rows } = await context.owner.query<DayOfContent>(
    `SELECT e.project_id, e.environment, e.cost_pico_usd::integer AS day, count(*)::integer AS executions,
       count(e.content_erased_at)::integer AS marked, count(e.error_message)::integer AS texts,
       count(nullif(i.rendered_prompt, ''))::integer AS inputs, count(nullif(o.response_text, ''))::integer AS outputs,
       count(t.value)::integer AS pairs
     FROM executions e
     LEFT JOIN execution_inputs i USING (project_id, execution_id)
     LEFT JOIN execution_outputs o USING (project_id, execution_id)
     LEFT JOIN execution_metadata t USING (project_id, execution_id)
     JOIN execution_attempts a USING (project_id, execution_id)
     WHERE e.cost_pico_usd IS NOT NULL
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  return rows;
}

async function listPartitions(parent: string): Promise<string[]> {
  const { rows } = await context.owner.query<{ name: string }>(
    `SELECT right(inhrelid::regclass::text, 8) AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`,
    [parent],
  );
  return rows.map(({ name }) => name);
}

/** Returns the Monday of the week that contains a day, as partitions are named. */
async function weekOf(daysAgo: number): Promise<string> {
  const { rows } = await context.owner.query<{ week: string }>(
    `SELECT to_char(date_trunc('week', (now() - make_interval(days => $1)) AT TIME ZONE 'UTC'), 'YYYYMMDD') AS week`,
    [daysAgo],
  );
  return rows[0]?.week ?? '';
}

beforeEach(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  await context.owner.query('DELETE FROM content_expiry');
  await makePastWeeks(context.owner, WEEKS);
});
afterEach(() => context.close());

function insertDays(projectId: string, environment: string, fromDay = DAYS): Promise<void> {
  const { modelId } = ids;
  return insertPastExecutions(context.owner, {
    projectId,
    modelId,
    environment,
    fromDay,
    toDay: 1,
    perDay: PER_DAY,
  });
}

/** Begins and ends runs until the work is over. @returns how many. */
async function withLoad(work: Promise<unknown>): Promise<number> {
  let isOver = false;
  const done = work.finally(() => (isOver = true));
  const runs = await Promise.all(
    Array.from({ length: 4 }, async () => {
      let count = 0;
      while (!isOver) {
        const one = await beginningOf(context, ids);
        if (typeof (await context.executions.begin(one)) === 'string') throw new Error('it begins');
        const claim = { projectId: one.projectId, executionId: one.executionId, fence: 1 };
        if (!(await endCall(context.executions, claim, 1, answered('Hello')))) throw new Error('it ends');
        count += 1;
      }
      return count;
    }),
  );
  await done;
  return runs.reduce((sum, count) => sum + count, 0);
}

it('over 60 weeks, erases what is past its days while others work, and nothing else', async () => {
  const { projectId, otherProjectId } = context;
  const kept: Record<string, number> = {
    [`${projectId} prod`]: 90,
    [`${projectId} dev`]: 14,
    [`${projectId} eu/test`]: 14,
    [`${otherProjectId} prod`]: 365,
    // Kept forever.
    [`${otherProjectId} dev`]: 10_000,
  };
  await settle(projectId, { prod: 90, '*': 14 });
  await settle(otherProjectId, { prod: 365 });
  for (const environment of ['prod', 'dev', 'eu/test']) await insertDays(projectId, environment);
  await insertDays(otherProjectId, 'prod');
  // Only younger content can then keep the weeks from being dropped.
  await insertDays(otherProjectId, 'dev', 20);
  const before = await listDays();
  const counts = 'SELECT count(*)::integer AS count FROM execution_rollups';
  const rollups = (await context.owner.query(counts)).rows;

  const metrics = new Metrics();
  const retention = openRetention(metrics);
  const watch = await LockWatch.start(context);
  const pass = retention.pass();
  expect(await withLoad(pass)).toBeGreaterThan(0);
  const { waitMs, holders } = await watch.stop();
  // Otherwise the watch has seen nothing.
  expect(holders).toBeGreaterThan(20);
  expect(waitMs).toBeLessThan(LONGEST_WAIT_MS);

  const isPast = ({ project_id: id, environment, day }: DayOfContent) =>
    day > (kept[`${id} ${environment}`] ?? 0);
  // Each execution is one hour younger than its day, so those of the last kept day are still kept.
  expect(await listDays()).toEqual(
    before.map((day) =>
      isPast(day)
        ? { ...day, marked: day.executions, inputs: 0, outputs: 0, pairs: 0, texts: 0 }
        : { ...day, marked: 0 },
    ),
  );
  const expired = before.filter(isPast);
  const { erased, dropped: first } = await pass;
  // Partitions that were constantly in use are dropped now.
  const dropped = [...first, ...(await retention.pass()).dropped];
  expect(erased).toBe(expired.length * PER_DAY);
  expect(metrics.work.erasedBy.age.value).toBe(erased);
  expect((await context.owner.query(counts)).rows).toEqual(rollups);

  // Whole weeks are gone where every project allows it: those in which every day is over a year old.
  const limit = await weekOf(366);
  for (const table of ['execution_inputs', 'execution_outputs', 'execution_metadata']) {
    const left = (await listPartitions(table)).filter((name) => /^\d{8}$/.test(name));
    expect(left[0]).toBe(limit);
    expect(dropped.filter((name) => name.startsWith(`${table}_`))).toHaveLength(
      (await listPartitions('executions')).length - (await listPartitions(table)).length,
    );
  }
  expect(dropped.length).toBeGreaterThan(9);
  expect((await listPartitions('executions')).length).toBeGreaterThan(WEEKS);
  expect(await findInDatabase(context.owner, ['content of day 366.', 'content of day 400.'])).toEqual([]);

  expect(await retention.pass()).toEqual({ erased: 0, dropped: [] });
}, 120_000);

it('keeps what is in flight, however old, and erases it when it is over', async () => {
  const { owner, projectId } = context;
  await settle(projectId, { '*': 7 });
  await insertDays(projectId, 'dev', 40);
  const { rows } = await owner.query<{ id: string }>(
    `SELECT ledger_uuid7_floor(now() - interval '30 days') AS id`,
  );
  const id = rows[0]?.id as string;
  await insertExecution(owner, projectId, ids, { executionId: id });
  const retention = openRetention();
  const { dropped } = await retention.pass();
  const rendered = async () =>
    (
      await owner.query<{ text: string }>(
        'SELECT rendered_prompt AS text FROM execution_inputs WHERE execution_id = $1',
        [id],
      )
    ).rows[0]?.text;
  expect(await rendered()).toBe('Hello');
  // Its week and the later ones remain, and the rows in them are erased.
  const week = await weekOf(30);
  expect(dropped.filter((name) => name.slice(-8) >= week)).toEqual([]);
  expect(await listPartitions('execution_inputs')).toContain(week);
  expect((await listDays()).filter(({ day, texts }) => day > 7 && texts > 0)).toEqual([]);
  await context.executions.cancel(projectId, id);
  expect(await retention.pass()).toMatchObject({ erased: 1 });
  expect([undefined, '']).toContain(await rendered());
});

it('goes by the settings as they are: nothing without days, more when they become fewer', async () => {
  const { projectId } = context;
  await insertDays(projectId, 'dev', 40);
  const retention = openRetention();
  expect(await retention.pass()).toEqual({ erased: 0, dropped: [] });
  await settle(projectId, { dev: 30 });
  expect(await retention.pass()).toMatchObject({ erased: 10 * PER_DAY });
  await settle(projectId, { dev: 35 });
  expect(await retention.pass()).toMatchObject({ erased: 0 });
  await settle(projectId, { dev: 5 });
  expect(await retention.pass()).toMatchObject({ erased: 25 * PER_DAY });
});

it('does the same when several processes do it at once, and lets none erase what the settings keep', async () => {
  const { owner, projectId, otherProjectId, scope } = context;
  await settle(projectId, { dev: 10 });
  await insertDays(projectId, 'dev', 100);
  await insertDays(otherProjectId, 'dev', 100);
  const passes = await Promise.all([openRetention().pass(), openRetention().pass(), openRetention().pass()]);
  expect(passes.reduce((sum, { erased }) => sum + erased, 0)).toBe(90 * PER_DAY);
  const asked = await scope.system('SELECT ledger_expire_content($1, $2, 50) AS erased', [
    otherProjectId,
    'dev',
  ]);
  expect(asked).toEqual([{ erased: 0 }]);
  const { rows } = await owner.query(
    'SELECT FROM executions WHERE project_id = $1 AND content_erased_at IS NOT NULL',
    [otherProjectId],
  );
  expect(rows).toEqual([]);
});

it('drops no week whose tables are in use, and does so later', async () => {
  const { owner, projectId, otherProjectId } = context;
  await settle(projectId, { '*': 7 });
  await settle(otherProjectId, { '*': 7 });
  await insertDays(projectId, 'dev', 60);
  await owner.query('BEGIN; SELECT FROM execution_inputs LIMIT 1');
  const blocked = await openRetention().pass();
  expect(blocked).toEqual({ erased: 53 * PER_DAY, dropped: [] });
  await owner.query('COMMIT');
  const { dropped } = await openRetention().pass();
  expect(dropped.length).toBeGreaterThan(15);
});
