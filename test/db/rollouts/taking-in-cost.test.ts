import type { EntityManager } from 'typeorm';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { LooksWorld } from '../../support/worlds/looks-world.js';

/** PostgreSQL estimates a table that was not analyzed from its size, so one size would not show each of its plans. */
const SIZES = [1_000, 2_000, 4_000, 6_000, 8_000, 12_000, 20_000];
/** Some are found again in the span that each look goes back over. */
const NEW = 50;

let context: LedgerContext;
let world: LooksWorld;

beforeAll(async () => {
  context = await openLedgerContext();
  world = new LooksWorld(context);
});
afterAll(() => context.close());

/** Returns how many entries of the events' table and indexes the transaction has read. */
async function countRead(tx: EntityManager): Promise<number> {
  const [row] = await tx.query<{ read: number }[]>(
    `SELECT sum(pg_stat_get_xact_tuples_returned(c.oid))::integer AS read FROM pg_class c
     WHERE c.oid = 'rollout_events'::regclass
       OR c.oid IN (SELECT i.indexrelid FROM pg_index i WHERE i.indrelid = 'rollout_events'::regclass)`,
  );
  return row?.read ?? 0;
}

/** Takes in what is new, and returns how many entries of events it reads for that. */
async function countTakenIn(rolloutId: string, metric: string): Promise<number> {
  const { projectId, scope } = context;
  const rollout = { projectId, rolloutId, startedAt: new Date(Date.now() - 3_600_000) };
  return scope.transaction(projectId, async (tx) => {
    const cursor = await world.takingIn.hold(tx, rollout);
    if (cursor === null) throw new Error('nobody else holds the cursor');
    const before = await countRead(tx);
    const rules = [
      { metric: 'error_rate', kind: 'yes_no' },
      { metric, kind: 'yes_no' },
    ] as const;
    const { exposures } = await world.takingIn.takeIn(tx, { ...rollout, rules, scorerIds: {} }, cursor);
    expect(exposures).toBe(NEW);
    return (await countRead(tx)) - before;
  });
}

/** Adds exposures of an hour ago until the last sequence number is this. */
async function exposeUpTo(rolloutId: string, last: number): Promise<void> {
  await world.sql(
    `INSERT INTO rollout_events (project_id, rollout_id, sequence, kind, execution_id, phase, arm, unit, status, is_cached, is_fallback, ended_at)
     SELECT $1, $2, n, 'exposure', ledger_uuid7(), 1, 'control', 'u' || n, 'succeeded', false, false, now() - interval '1 hour'
     FROM rollout_cursors c, generate_series(c.last_sequence + 1, $3::integer) AS n WHERE c.rollout_id = $2`,
    [context.projectId, rolloutId, last],
  );
  await world.sql('UPDATE rollout_cursors SET last_sequence = $2 WHERE rollout_id = $1', [rolloutId, last]);
}

/** Ends some executions, and expects that taking them in reads a few entries for each. */
async function expectFew(rolloutId: string): Promise<void> {
  const [one] = await world.endMany({ rolloutId, arm: 'candidate' }, { count: NEW, failed: 0 });
  await world.recordOutcome(one!, 'resolved', 1);
  expect(await countTakenIn(rolloutId, 'outcome:resolved')).toBeLessThan(10 * NEW);
}

it('what is new is looked up by its id, however many exposures there are and whatever the statistics say', async () => {
  const rollout = await world.start({
    steps: [{ percent: 50 }],
    min_units: 1_000_000,
    primary: { metric: 'error_rate' },
    guardrails: [{ metric: 'outcome:resolved', kind: 'yes_no' }],
  });
  const { rollout_id: id } = rollout;
  await world.sql('ALTER TABLE rollout_events SET (autovacuum_enabled = false)');
  await world.look(id);
  for (const exposed of SIZES) {
    await exposeUpTo(id, exposed);
    await expectFew(id);
  }
  await world.sql('ANALYZE rollout_events');
  await expectFew(id);
});
