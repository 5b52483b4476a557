import { summarize } from '../../../statistics/sequential/index.js';
import { decideLook } from './decide-look.js';
import type { ArmState, MetricValues, PhaseState } from './phase-state.js';
import { type MetricRule, resolveMetric, type RolloutDefinition, splitAlpha } from './rollout-definition.js';

const PASSES = resolveMetric('score:faithful', { kind: 'yes_no' })!;
const COST = resolveMetric('cost_usd')!;
const P95 = resolveMetric('latency_p95_ms', { maxRegression: 0.2 })!;

function define(changes: Partial<RolloutDefinition> = {}): RolloutDefinition {
  return {
    rolloutId: 'r',
    steps: [
      { percent: 10, holdMin: 60 },
      { percent: 50, holdMin: 0 },
    ],
    minUnits: 100,
    primary: PASSES,
    guardrails: [PASSES],
    alpha: 0.05,
    onGuardrail: 'roll_back',
    onSuccess: 'apply',
    ...changes,
  };
}

function arm(units: number, metrics: Record<string, MetricValues>): ArmState {
  return { units, executions: units, metrics: new Map(Object.entries(metrics)) };
}

function passes(successes: number, values: number): MetricValues {
  return { kind: 'yes_no', successes, values };
}

function numbers(values: readonly number[]): MetricValues {
  return { kind: 'number', values: values.length, sample: summarize(values) };
}

function state(control: ArmState, candidate: ArmState, changes: Partial<PhaseState> = {}): PhaseState {
  return {
    phase: 1,
    at: '2026-01-01T10:00:00.000Z',
    elapsedMin: 600,
    lastSequence: 7,
    leastRatioPValue: 1,
    arms: { control, candidate },
    ...changes,
  };
}

const byPasses = (
  control: [number, number],
  candidate: [number, number],
  changes: Partial<PhaseState> = {},
) =>
  state(
    arm(control[1], { [PASSES.metric]: passes(...control) }),
    arm(candidate[1], { [PASSES.metric]: passes(...candidate) }),
    changes,
  );

describe('decideLook', () => {
  it('rolls back, in any step, when all that the candidate may be is worse', () => {
    const bad = byPasses([900, 1000], [600, 1000]);
    const decision = { kind: 'guardrail', action: 'roll_back', metrics: [PASSES.metric] };
    expect(decideLook(define(), bad).decision).toEqual(decision);
    expect(decideLook(define(), { ...bad, phase: 0, elapsedMin: 0 }).decision).toEqual(decision);
    expect(decideLook(define({ onGuardrail: 'pause' }), bad).decision).toMatchObject({ action: 'pause' });
    expect(decideLook(define(), byPasses([900, 1000], [890, 1000])).decision).toEqual({ kind: 'continue' });
  });

  it('lets a candidate be worse by as much as is allowed', () => {
    const bad = byPasses([900, 1000], [600, 1000]);
    expect(decideLook(define({ guardrails: [{ ...PASSES, maxRegression: 0.4 }] }), bad).decision.kind).toBe(
      'continue',
    );
    expect(decideLook(define({ guardrails: [{ ...PASSES, direction: 'down' }] }), bad).decision.kind).toBe(
      'continue',
    );
  });

  it('does not act on a primary metric that is no guardrail, nor before there are units enough', () => {
    const bad = byPasses([90, 99], [0, 99]);
    expect(decideLook(define(), bad).decision.kind).toBe('continue');
    expect(decideLook(define({ minUnits: 99 }), bad).decision.kind).toBe('guardrail');
    expect(decideLook(define({ minUnits: 99, guardrails: [] }), bad).decision.kind).toBe('continue');
    expect(decideLook(define({ minUnits: 99, guardrails: [] }), bad).comparisons[0]?.isBad).toBe(true);
  });

  it('names every guardrail that is bad, once, and lets it win over a success', () => {
    const errors = resolveMetric('error_rate')!;
    const toArm = (passed: number, failed: number) =>
      arm(2000, { [PASSES.metric]: passes(passed, 2000), [errors.metric]: passes(failed, 2000) });
    const seen = state(toArm(1000, 10), toArm(1800, 600));
    const look = decideLook(define({ guardrails: [errors, errors, COST] }), seen);
    expect(look.comparisons[0]?.isGood).toBe(true);
    expect(look.decision).toEqual({ kind: 'guardrail', action: 'roll_back', metrics: ['error_rate'] });
  });

  it('succeeds in the last step only, by the bound of the primary metric', () => {
    const good = byPasses([600, 1000], [900, 1000]);
    expect(decideLook(define(), good).decision).toEqual({ kind: 'success', action: 'apply' });
    expect(decideLook(define({ onSuccess: 'hold' }), good).decision).toEqual({
      kind: 'success',
      action: 'hold',
    });
    expect(decideLook(define(), { ...good, phase: 0 }).decision).toEqual({ kind: 'next_step', phase: 1 });
    const same = byPasses([900, 1000], [900, 1000]);
    expect(decideLook(define(), same).decision.kind).toBe('continue');
    const tolerant = define({ primary: { ...PASSES, maxRegression: 0.2 } });
    expect(decideLook(tolerant, same).decision).toEqual({ kind: 'success', action: 'apply' });
  });

  it('ends a step by its hold and by units with a primary value in each arm', () => {
    const first = { phase: 0, elapsedMin: 60 };
    expect(decideLook(define(), byPasses([90, 100], [90, 100], first)).decision).toEqual({
      kind: 'next_step',
      phase: 1,
    });
    const held = { phase: 0, elapsedMin: 59.9 };
    expect(decideLook(define(), byPasses([90, 100], [90, 100], held)).decision.kind).toBe('continue');
    const missing = state(
      arm(1000, { [PASSES.metric]: passes(90, 100) }),
      arm(1000, { [PASSES.metric]: passes(90, 99) }),
      first,
    );
    expect(decideLook(define(), missing).decision.kind).toBe('continue');
  });

  it('judges numbers by their difference, once both arms have values enough', () => {
    const spread = (around: number, n: number) =>
      Array.from({ length: n }, (_, nth) => around * (1 + (nth % 7) / 10));
    const look = (control: readonly number[], candidate: readonly number[], rule: MetricRule = COST) => {
      const toArm = (values: readonly number[]) => arm(1000, { [COST.metric]: numbers(values) });
      return decideLook(define({ guardrails: [rule] }), state(toArm(control), toArm(candidate)))
        .comparisons[1]!;
    };
    expect(look(spread(0.001, 500), spread(0.002, 500)).isBad).toBe(true);
    expect(look(spread(0.001, 500), spread(0.002, 500), { ...COST, maxRegression: 2 }).isBad).toBe(false);
    expect(look(spread(0.001, 99), spread(0.002, 500))).toMatchObject({ isEnough: false, isBad: false });
    expect(look(spread(0.001, 500), spread(0.0005, 500)).isBad).toBe(false);
    // Without spread there is no decision, however far apart the arms are.
    expect(look(new Array<number>(500).fill(1), new Array<number>(500).fill(9)).isBad).toBe(false);
    // For a score below 0, the allowed regression is a share of its absolute value.
    const below = { ...COST, direction: 'up', maxRegression: 0.5 } as const;
    expect(look(spread(-1, 500), spread(-1.2, 500), below).isBad).toBe(false);
    expect(look(spread(-1, 500), spread(-2, 500), below).isBad).toBe(true);
  });

  it('judges latency by the bounds of its quantile', () => {
    const sorted = (factor: number) => Float64Array.from({ length: 2000 }, (_, nth) => factor * (100 + nth));
    const look = (factor: number) => {
      const toArm = (by: number) =>
        arm(2000, { [P95.metric]: { kind: 'quantile', values: 2000, sorted: sorted(by) } });
      return decideLook(define({ guardrails: [P95] }), state(toArm(1), toArm(factor))).comparisons[1]!;
    };
    expect(look(1.1).isBad).toBe(false);
    expect(look(1.5).isBad).toBe(true);
    expect(look(1.5).effect.relative.estimate).toBeCloseTo(0.5, 9);
    expect(look(1.5).arms.control.estimate).toBe(1999);
  });

  it('shows what is missing, apart from what has failed, and tests how it is split', () => {
    const skewed = state(
      arm(1000, { [PASSES.metric]: passes(900, 990) }),
      arm(1000, { [PASSES.metric]: passes(600, 700) }),
    );
    const [comparison] = decideLook(define(), skewed).comparisons;
    expect(comparison?.arms.candidate).toMatchObject({ values: 700, missing: 300 });
    expect(comparison?.missingPValue).toBeLessThan(1e-6);
    const even = decideLook(define(), byPasses([900, 1000], [900, 1000]));
    expect(even.comparisons[0]?.missingPValue).toBeCloseTo(1, 9);
  });

  it('keeps the least p-value of the split', () => {
    const mismatched = byPasses([900, 1000], [450, 500]);
    expect(decideLook(define(), mismatched).ratioPValue).toBeLessThan(1e-6);
    expect(decideLook(define(), byPasses([9, 10], [9, 10], { leastRatioPValue: 0.01 })).ratioPValue).toBe(
      0.01,
    );
  });

  it('survives that there is nothing, and stays JSON', () => {
    const empty = state(arm(0, {}), arm(0, {}));
    const rules = [PASSES, COST, P95];
    const look = decideLook(define({ guardrails: rules, minUnits: 0 }), empty);
    expect(look.decision).toEqual({ kind: 'continue' });
    expect(JSON.parse(JSON.stringify(look))).toEqual(look);
    expect(() => decideLook(define(), { ...empty, phase: 2 })).toThrow('no step 2');
  });

  it('shares alpha between guardrails and steps', () => {
    expect(splitAlpha(define({ guardrails: [PASSES, COST, P95] }))).toBeCloseTo(0.05 / 6, 12);
    expect(splitAlpha(define({ guardrails: [] }))).toBeCloseTo(0.025, 12);
  });
});

describe('resolveMetric', () => {
  it('knows each metric’s direction and kind, and lets a request turn it', () => {
    expect(resolveMetric('error_rate')).toMatchObject({
      kind: 'yes_no',
      direction: 'down',
      maxRegression: 0,
    });
    expect(resolveMetric('latency_p50_ms')).toMatchObject({ kind: 'quantile', quantile: 0.5 });
    expect(resolveMetric('outcome:sold', { kind: 'yes_no' })).toMatchObject({
      kind: 'yes_no',
      direction: 'up',
    });
    expect(resolveMetric('output_tokens', { direction: 'up' })).toMatchObject({
      direction: 'up',
      kind: 'number',
    });
    expect(['speed', 'score:', 'toString'].map((name) => resolveMetric(name))).toEqual([null, null, null]);
  });
});
