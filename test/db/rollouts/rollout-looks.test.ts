import type { EntityManager } from 'typeorm';
import type { CreateRolloutDto } from '../../../src/modules/rollouts/lifecycle/rollouts.dto.js';
import type { Look } from '../../../src/modules/rollouts/index.js';
import { LooksRepository } from '../../../src/modules/rollouts/watching/looks.repository.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { LooksWorld } from '../../support/worlds/looks-world.js';

let context: LedgerContext;
let world: LooksWorld;

beforeAll(async () => {
  context = await openLedgerContext();
  world = new LooksWorld(context);
});
afterAll(() => context.close());

const WATCHED = {
  steps: [{ percent: 50 }],
  min_units: 10,
  primary: { metric: 'error_rate', max_regression: 0.5 },
  guardrails: [{ metric: 'error_rate' }],
} satisfies Partial<CreateRolloutDto>;

async function start(more: Partial<CreateRolloutDto> = {}) {
  const rollout = await world.start({ ...WATCHED, ...more });
  return { ...rollout, id: rollout.rollout_id };
}

/** Returns the comparison of one metric in the first step. */
async function compared(id: string, metric: string) {
  const { phases } = await world.report(id);
  const found = phases[0]?.comparisons.find((comparison) => comparison.metric === metric);
  if (found === undefined) throw new Error(`${metric} is not compared`);
  return found;
}

/** Makes enough executions fail that every look notices. */
async function breakCandidate(id: string): Promise<void> {
  await world.endMany({ rolloutId: id, arm: 'control' }, { count: 100, failed: 2 });
  await world.endMany({ rolloutId: id, arm: 'candidate' }, { count: 100, failed: 95 });
}

describe('a look', () => {
  it('counts units, executions and values of both arms, and is kept as it was', async () => {
    const { id } = await start();
    await world.endMany({ rolloutId: id, arm: 'control' }, { count: 12, failed: 3 });
    await world.endMany({ rolloutId: id, arm: 'candidate' }, { count: 11, failed: 2 });
    await world.endMany({ rolloutId: id, arm: 'candidate' }, { count: 4, failed: 4 });
    expect(await world.look(id)).toEqual({ kind: 'continue' });
    const [look] = await world.looksAt(id);
    expect(look).toMatchObject({
      phase: 0,
      units: { control: 12, candidate: 11 },
      executions: { control: 12, candidate: 15 },
      comparisons: [
        {
          metric: 'error_rate',
          role: 'primary',
          isEnough: true,
          // The first value of a unit counts, not the value of its second execution.
          arms: { control: { values: 12, estimate: 0.25 }, candidate: { values: 11 } },
        },
        { role: 'guardrail', isBad: false },
      ],
    });
    const { phases, looks, look_count: count } = await world.report(id);
    expect(count).toBe(1);
    expect(looks[0]).toMatchObject({ look: 1, phase: 1, last_sequence: look?.lastSequence });
    expect(phases[0]).toMatchObject({
      phase: 1,
      arms: {
        control: { units: 12, executions: 12, succeeded: 9, failed: 3 },
        candidate: { units: 11, executions: 15, canceled: 0 },
      },
    });
  });

  it('is not taken again before something has come', async () => {
    const { id } = await start();
    await world.endMany({ rolloutId: id, arm: 'control' }, { count: 3, failed: 0 });
    const taker = world.newTaker();
    expect(await world.look(id, taker)).toEqual({ kind: 'continue' });
    expect(await world.look(id, taker)).toBeNull();
    await world.endMany({ rolloutId: id, arm: 'control' }, { count: 3, failed: 0, from: 3 });
    expect(await world.look(id, taker)).toEqual({ kind: 'continue' });
    expect((await world.looksAt(id)).map(({ units }) => units.control)).toEqual([3, 6]);
  });

  it('rolls back once, says so in the moves, and moves no pointer', async () => {
    const { id, prompt_name: prompt } = await start();
    await breakCandidate(id);
    expect(await world.look(id)).toEqual({ kind: 'guardrail', action: 'roll_back', metrics: ['error_rate'] });
    expect(await world.look(id)).toBeNull();
    expect(await world.get(id)).toMatchObject({
      status: 'rolled_back',
      status_by: 'system',
      status_reason: 'error_rate is worse than allowed',
    });
    expect(await world.pointerOf(prompt)).toBe(1);
    expect(await world.movesOf(prompt)).toEqual(['1 → 1 by system (error_rate is worse than allowed)']);
    expect(await world.actionsOf(id)).toEqual(['rollout.create', 'rollout.start', 'rollout.roll_back']);
  });

  it('pauses instead where that was asked for', async () => {
    const { id } = await start({ on_guardrail: 'pause' });
    await breakCandidate(id);
    expect(await world.look(id)).toMatchObject({ kind: 'guardrail', action: 'pause' });
    expect(await world.get(id)).toMatchObject({ status: 'paused' });
  });

  it('begins the next step, whose units are counted anew', async () => {
    const { id } = await start({ steps: [{ percent: 10 }, { percent: 50 }] });
    await world.endMany({ rolloutId: id, arm: 'control' }, { count: 10, failed: 0 });
    await world.endMany({ rolloutId: id, arm: 'candidate' }, { count: 10, failed: 0 });
    const taker = world.newTaker();
    expect(await world.look(id, taker)).toEqual({ kind: 'next_step', phase: 1 });
    expect(await world.get(id)).toMatchObject({ status: 'running', phase: 2, percent: 50 });
    await world.endMany({ rolloutId: id, arm: 'candidate', phase: 2 }, { count: 1, failed: 0 });
    // An execution that began before the step and ended after it still belongs to the first.
    await world.endMany({ rolloutId: id, arm: 'control', phase: 1 }, { count: 1, failed: 0, from: 50 });
    expect(await world.look(id, taker)).toEqual({ kind: 'continue' });
    expect((await world.looksAt(id)).at(-1)).toMatchObject({ phase: 1, units: { control: 0, candidate: 1 } });
    const { phases } = await world.report(id);
    expect(phases.map(({ arms }) => [arms.control.units, arms.candidate.units])).toEqual([
      [11, 10],
      [0, 1],
    ]);
  });

  it('holds a step for its time', async () => {
    const { id } = await start({ steps: [{ percent: 10, hold_min: 60 }, { percent: 50 }] });
    await world.endMany({ rolloutId: id, arm: 'control' }, { count: 10, failed: 0 });
    await world.endMany({ rolloutId: id, arm: 'candidate' }, { count: 10, failed: 0 });
    expect(await world.look(id)).toEqual({ kind: 'continue' });
    await world.sql(
      `UPDATE rollout_phases SET started_at = started_at - interval '2 hours' WHERE rollout_id = $1`,
      [id],
    );
    // Nothing has arrived, but the time is over.
    await world.sql(
      `UPDATE rollout_looks SET figures = (figures::jsonb || '{"elapsedMin": 1}')::json WHERE rollout_id = $1`,
      [id],
    );
    expect(await world.look(id)).toEqual({ kind: 'next_step', phase: 1 });
  });

  it('applies the candidate in the last step where that was asked for, and holds where it was not', async () => {
    const good = { direction: 'up', max_regression: 0, metric: 'schema_valid' } as const;
    const more = { primary: good, guardrails: [{ metric: 'error_rate' }] };
    for (const [onSuccess, status, pointer] of [
      ['apply', 'completed', 2],
      ['hold', 'running', 1],
    ] as const) {
      const { id, prompt_name: prompt } = await start({ ...more, on_success: onSuccess });
      await world.endMany({ rolloutId: id, arm: 'control' }, { count: 100, failed: 0 });
      await world.endMany({ rolloutId: id, arm: 'candidate' }, { count: 100, failed: 0 });
      await world.sql(
        `UPDATE executions SET output_valid = rollout ->> 'arm' = 'candidate' WHERE rollout ->> 'rollout_id' = $1`,
        [id],
      );
      expect(await world.look(id)).toEqual({ kind: 'success', action: onSuccess });
      expect(await world.get(id)).toMatchObject({ status });
      expect(await world.pointerOf(prompt)).toBe(pointer);
    }
  });
});

describe('an outcome that a rollout watches', () => {
  it('is what it was recorded as, and yes or no while there is none', async () => {
    const [{ id } = { id: '' }] = await world.sql<{ id: string }>('SELECT ledger_uuid7() AS id');
    await world.recordOutcome(id, 'revenue', 12.5);
    const guardrails = [{ metric: 'outcome:revenue' }, { metric: 'outcome:unheard-of' }];
    expect((await start({ guardrails })).guardrails).toMatchObject([{ kind: 'number' }, { kind: 'yes_no' }]);
  });
});

describe('on a bad day', () => {
  it('two who decide at once come to one decision', async () => {
    const { id, prompt_name: prompt } = await start();
    await breakCandidate(id);
    const decisions = await Promise.all(Array.from({ length: 6 }, () => world.look(id)));
    expect(decisions.filter((decision) => decision !== null)).toHaveLength(1);
    expect(await world.looksAt(id)).toHaveLength(1);
    expect(await world.movesOf(prompt)).toHaveLength(1);
    const [{ events } = { events: 0 }] = await world.sql<{ events: number }>(
      `SELECT count(*)::integer AS events FROM rollout_events WHERE rollout_id = $1 AND kind = 'exposure'`,
      [id],
    );
    expect(events).toBe(200);
  });

  it('who dies between the decision and its effect has done nothing, and the next one does it', async () => {
    const { id, prompt_name: prompt } = await start();
    await breakCandidate(id);
    /** Its connection breaks after everything was written and before the commit. */
    class DyingLooks extends LooksRepository {
      override async add(tx: EntityManager, projectId: string, rolloutId: string, look: Look): Promise<void> {
        await super.add(tx, projectId, rolloutId, look);
        await tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
      }
    }
    const taker = world.newTaker(new DyingLooks());
    await expect(world.look(id, taker)).rejects.toThrow();
    expect(await world.get(id)).toMatchObject({ status: 'running' });
    expect(await world.looksAt(id)).toEqual([]);
    expect(await world.movesOf(prompt)).toEqual([]);
    expect(await world.look(id)).toMatchObject({ kind: 'guardrail' });
    expect(await world.movesOf(prompt)).toHaveLength(1);
  });

  it('a pointer that is being moved meanwhile ends in one of the two, never in both', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { id, prompt_name: prompt } = await start();
      await breakCandidate(id);
      await Promise.all([world.look(id), world.movePointer(prompt, 3)]);
      const { status } = await world.get(id);
      expect(['rolled_back', 'stopped']).toContain(status);
      expect(await world.pointerOf(prompt)).toBe(3);
      expect(await world.looksAt(id)).toHaveLength(status === 'rolled_back' ? 1 : 0);
      expect(await world.look(id)).toBeNull();
    }
  });

  it('somebody who pauses it meanwhile is not overruled', async () => {
    const { id } = await start();
    await breakCandidate(id);
    await Promise.all([world.look(id), world.act(id, 'pause')]);
    const { status } = await world.get(id);
    // If the rollback came first, the pause was refused. If the pause came first, nothing was decided.
    expect(await world.looksAt(id)).toHaveLength(status === 'rolled_back' ? 1 : 0);
    expect(['rolled_back', 'paused']).toContain(status);
  });

  it.each([
    // The looks of every ten seconds go that far back.
    ['a second', 1.5, `taken_in_at = now() - interval '10 seconds', swept_at = now()`],
    // Those of every minute do.
    ['seconds', 8, `taken_in_at = now() - interval '1 minute', swept_at = now()`],
    // The commit was stalled. The sweep of every hour goes that far back.
    ['minutes', 300, `swept_at = now() - interval '61 minutes'`],
  ])('an execution that is committed %s after it ended is taken in all the same', async (_unit, s, due) => {
    const { id } = await start();
    await world.end({ rolloutId: id, arm: 'control', unit: 'a' });
    await world.look(id);
    await world.end({ rolloutId: id, arm: 'control', unit: 'b', endedAgoS: s });
    await world.sql(`UPDATE rollout_cursors SET ${due} WHERE rollout_id = $1`, [id]);
    await world.end({ rolloutId: id, arm: 'control', unit: 'c', endedAgoS: 0 });
    await world.look(id);
    expect((await world.report(id)).phases[0]?.arms.control.units).toBe(3);
  });

  it('a late outcome counts for the step of its exposure, and the first of two', async () => {
    const outcome = { metric: 'outcome:resolved', kind: 'yes_no' } as const;
    const { id } = await start({
      steps: [{ percent: 10 }, { percent: 50 }],
      min_units: 1,
      primary: { metric: 'error_rate' },
      guardrails: [outcome],
    });
    const early = await world.end({ rolloutId: id, arm: 'control', unit: 'a', endedAgoS: 60 });
    const never = await world.end({ rolloutId: id, arm: 'candidate', unit: 'b' });
    expect(await world.look(id)).toEqual({ kind: 'next_step', phase: 1 });
    await world.recordOutcome(early, 'resolved', 1);
    await world.recordOutcome(early, 'resolved', 0);
    await world.recordOutcome(early, 'other', 0);
    await world.look(id);
    expect(await compared(id, 'outcome:resolved')).toMatchObject({
      arms: {
        control: { values: 1, missing: 0, estimate: 1 },
        candidate: { values: 0, missing: 1, estimate: null },
      },
      delays: { control: { median_ms: expect.closeTo(60_000, -4) as number }, candidate: null },
    });
    // It is over: later values are shown, but decide nothing.
    await world.act(id, 'stop');
    await world.recordOutcome(never, 'resolved', 0);
    const looks = await world.looksAt(id);
    expect(await world.look(id)).toBeNull();
    expect(await world.looksAt(id)).toEqual(looks);
    expect(await compared(id, 'outcome:resolved')).toMatchObject({
      arms: { candidate: { values: 1, estimate: 0 } },
    });
  });

  it('a number that is no yes and no no is missing, and the rollout says so', async () => {
    const { id } = await start({ min_units: 1, guardrails: [{ metric: 'outcome:rev' }] });
    const values = { control: [1, 0.2], candidate: [0, -5, 7] } as const;
    for (const arm of ['control', 'candidate'] as const) {
      for (const value of values[arm]) {
        const executionId = await world.end({ rolloutId: id, arm, unit: `${arm} ${value}` });
        await world.recordOutcome(executionId, 'rev', value);
      }
    }
    await world.look(id);
    expect(await compared(id, 'outcome:rev')).toMatchObject({
      arms: {
        control: { values: 1, missing: 1, estimate: 1 },
        candidate: { values: 1, missing: 2, estimate: 0 },
      },
    });
    expect((await world.report(id)).warnings).toEqual([
      expect.stringContaining('outcome:rev is watched as yes or no, and 3 values are neither 0 nor 1'),
    ]);
  });

  it('counts the scores of one scorer, not those of another that has had or gets its name', async () => {
    const former = await world.makeScorer('faithful');
    await world.deleteScorer('faithful');
    const scorer = await world.makeScorer('faithful');
    const { id } = await start({ min_units: 1, guardrails: [{ metric: 'score:faithful', kind: 'number' }] });
    await world.deleteScorer('faithful');
    const later = await world.makeScorer('faithful');
    for (const [value, made] of [former, scorer, later].entries()) {
      const executionId = await world.end({ rolloutId: id, arm: 'control', unit: `unit ${value}` });
      await world.recordScore(executionId, made, value);
    }
    await world.look(id);
    expect(await compared(id, 'score:faithful')).toMatchObject({
      arms: { control: { values: 1, missing: 2, estimate: 1 } },
    });
  });

  it('an outcome that came before its execution was over is found with it', async () => {
    const { id } = await start({ guardrails: [{ metric: 'outcome:n', kind: 'number' }] });
    await world.end({ rolloutId: id, arm: 'control', unit: 'a' });
    await world.look(id);
    const [{ id: executionId } = { id: '' }] = await world.sql<{ id: string }>('SELECT ledger_uuid7() AS id');
    await world.recordOutcome(executionId, 'n', 7);
    await world.look(id);
    const rollout = JSON.stringify({ rollout_id: id, arm: 'candidate', phase: 1, unit: 'b', bucket: 0 });
    await world.sql(
      `INSERT INTO executions (project_id, execution_id, model_id, environment, execution_mode, status, rollout)
       SELECT project_id, $1, model_id, 'prod', 'sync', 'succeeded', $2 FROM models LIMIT 1`,
      [executionId, rollout],
    );
    await world.look(id);
    expect(await compared(id, 'outcome:n')).toMatchObject({
      arms: { candidate: { values: 1, estimate: 7 } },
    });
  });

  it('what is not an ordinary answer is an exposure of its arm, counted apart', async () => {
    const { id } = await start({
      primary: { metric: 'latency_p50_ms' },
      guardrails: [
        { metric: 'error_rate' },
        { metric: 'cost_usd' },
        { metric: 'output_tokens' },
        { metric: 'schema_valid' },
      ],
    });
    const arm = 'candidate';
    const ordinary = { latencyMs: 100, costPicoUsd: 2e9, responseTokens: 10, outputValid: true };
    await world.end({ rolloutId: id, arm, unit: 'a', ...ordinary });
    await world.end({ rolloutId: id, arm, unit: 'b', isFallback: true, latencyMs: 300 });
    await world.end({ rolloutId: id, arm, unit: 'c', isCached: true, latencyMs: 1 });
    await world.end({ rolloutId: id, arm, unit: 'd', status: 'failed', latencyMs: 5 });
    await world.end({ rolloutId: id, arm, unit: 'e', status: 'canceled' });
    await world.end({ rolloutId: id, arm, unit: null });
    await world.end({ rolloutId: id, arm, unit: null });
    await world.look(id);
    expect((await world.report(id)).phases[0]?.arms.candidate).toEqual({
      units: 7,
      executions: 7,
      succeeded: 5,
      failed: 1,
      canceled: 1,
      cached: 1,
      fallbacks: 1,
      without_unit_key: 2,
    });
    const of = async (metric: string) => (await compared(id, metric)).arms.candidate;
    // Canceled executions neither failed nor succeeded, and the speed of a failure says nothing about answers.
    expect(await of('error_rate')).toMatchObject({ values: 6, missing: 1 });
    expect(await of('latency_p50_ms')).toMatchObject({ values: 3, missing: 4, estimate: 100 });
    expect(await of('cost_usd')).toMatchObject({ values: 1, estimate: 0.002 });
    expect(await of('output_tokens')).toMatchObject({ values: 1, estimate: 10 });
    expect(await of('schema_valid')).toMatchObject({ values: 1, estimate: 1 });
  });
});
