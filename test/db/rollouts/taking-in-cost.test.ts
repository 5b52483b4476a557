import type { EntityManager } from 'typeorm';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { LooksWorld } from '../../support/worlds/looks-world.js';

const EXPOSED = 20_000;
/** Some are found again in the seconds that each look goes back over. */
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
  await world.sql(
    `INSERT INTO rollout_events (project_id, rollout_id, sequence, kind, execution_id, phase, arm, unit, status, is_cached, is_fallback, ended_at)
     SELECT $1, $2, n, 'exposure', ledger_uuid7(), 1, 'control', 'u' || n, 'succeeded', false, false, now() - interval '1 hour'
     FROM generate_series(1, $3::integer) AS n`,
    [context.projectId, id, EXPOSED],
  );
  await world.sql('UPDATE rollout_cursors SET last_sequence = $2 WHERE rollout_id = $1', [id, EXPOSED]);
  for (const analyze of [false, true]) {
    if (analyze) await world.sql('ANALYZE rollout_events');
    const [one] = await world.endMany({ rolloutId: id, arm: 'candidate' }, { count: NEW, failed: 0 });
    await world.recordOutcome(one!, 'resolved', 1);
    expect(await countTakenIn(id, 'outcome:resolved')).toBeLessThan(10 * NEW);
  }
});
