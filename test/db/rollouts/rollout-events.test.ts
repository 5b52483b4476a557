import { randomUUID } from 'node:crypto';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { LooksWorld } from '../../support/worlds/looks-world.js';

let context: LedgerContext;
let world: LooksWorld;

beforeAll(async () => {
  context = await openLedgerContext();
  world = new LooksWorld(context);
});
afterAll(() => context.close());

const MEASURED = [
  'error_rate',
  'schema_valid',
  'latency_p50_ms',
  'latency_p95_ms',
  'cost_usd',
  'output_tokens',
] as const;

async function start(): Promise<string> {
  const rollout = await world.start({
    steps: [{ percent: 50 }],
    min_units: 1000,
    primary: { metric: 'outcome:resolved' },
    guardrails: MEASURED.map((metric) => ({ metric })),
  });
  return rollout.rollout_id;
}

describe('the events of a rollout', () => {
  it('are an exposure and its values, whatever the page ends in', async () => {
    const id = await start();
    const whole = await world.end({
      rolloutId: id,
      arm: 'control',
      latencyMs: 12,
      costPicoUsd: 123_456_789,
      responseTokens: 7,
      outputValid: false,
    });
    const failed = await world.end({
      rolloutId: id,
      arm: 'candidate',
      status: 'failed',
      latencyMs: 3,
      costPicoUsd: 0,
    });
    const canceled = await world.end({ rolloutId: id, arm: 'control', status: 'canceled' });
    await world.look(id);
    await world.recordOutcome(whole, 'resolved', 1);
    await world.look(id);

    const all = await world.listEvents(id, 100);
    const valuesOf = (executionId: string) =>
      all.flatMap((event) =>
        event.kind === 'value' && event.execution_id === executionId ? [[event.metric, event.value]] : [],
      );
    expect(all.filter(({ kind }) => kind === 'exposure').map((event) => event.execution_id)).toEqual([
      whole,
      failed,
      canceled,
    ]);
    expect(valuesOf(whole)).toEqual([
      ['error_rate', 0],
      ['schema_valid', 0],
      ['latency_p50_ms', 12],
      ['latency_p95_ms', 12],
      ['cost_usd', 0.000123456789],
      ['output_tokens', 7],
      ['outcome:resolved', 1],
    ]);
    expect(valuesOf(failed)).toEqual([
      ['error_rate', 1],
      ['cost_usd', 0],
    ]);
    expect(valuesOf(canceled)).toEqual([]);
    const sequences = all.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    for (let limit = 1; limit <= all.length; limit += 1)
      expect(await world.listEvents(id, limit)).toEqual(all);
    expect(Math.max(...sequences)).toBeLessThanOrEqual(
      Number((await world.looksAt(id)).at(-1)?.lastSequence),
    );
  });

  it('are read and counted as before where each value has a row of its own', async () => {
    const id = await start();
    await world.look(id);
    const executions = [randomUUID(), randomUUID()];
    await world.sql(
      `INSERT INTO rollout_events (project_id, rollout_id, sequence, kind, execution_id, phase, arm, unit, status, is_cached, is_fallback,
         ended_at, metric, value)
       SELECT $1::uuid, $2::uuid, n, 'exposure', e.id, 1, 'control', 'u' || n, 'failed', false, false, now(), NULL, NULL
       FROM unnest($3::uuid[]) WITH ORDINALITY AS e(id, n)
       UNION ALL
       SELECT $1, $2, 2 + n, 'value', e.id, 1, 'control', 'u' || n, NULL, NULL, NULL, NULL, 'error_rate', n - 1
       FROM unnest($3::uuid[]) WITH ORDINALITY AS e(id, n)`,
      [context.projectId, id, executions],
    );
    await world.sql(`UPDATE rollout_cursors SET last_sequence = 4 WHERE rollout_id = $1`, [id]);
    await world.end({ rolloutId: id, arm: 'control', status: 'failed', unit: 'u3' });
    await world.look(id);

    const events = await world.listEvents(id, 2);
    expect(events.map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [1, 'exposure'],
      [2, 'exposure'],
      [3, 'value'],
      [4, 'value'],
      [5, 'exposure'],
      [6, 'value'],
    ]);
    const { phases } = await world.report(id);
    const errors = phases[0]?.comparisons.find(({ metric }) => metric === 'error_rate');
    expect(errors?.arms.control).toMatchObject({ values: 3, estimate: 2 / 3 });
    expect(phases[0]?.arms.control).toMatchObject({ executions: 3, units: 3, failed: 3 });
  });
});
