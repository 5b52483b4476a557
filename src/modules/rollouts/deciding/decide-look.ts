import { ratioEvidence } from '../../../statistics/sequential/index.js';
import type { Arm } from '../../../bucketing/index.js';
import { compareArms } from './compare-arms.js';
import type { ArmFigures, Comparison, Decision, Estimate, Look } from './look.js';
import type { ArmState, MetricValues, PhaseState } from './phase-state.js';
import { type MetricRule, type RolloutDefinition, splitAlpha } from './rollout-definition.js';

/**
 * Computes and decides a look at a running rollout. Pure: the same definition and state give the same look, in the deciding process
 * today and in `rollout verify` next year.
 *
 *  1. If a guardrail is bad, the rollout is rolled back or paused, in any step.
 *  2. Otherwise, once the last step has lasted for its hold and the primary metric is good enough, the candidate is applied, or the
 *     rollout waits for a person to do it.
 *  3. Otherwise a step ends once it has lasted for its hold and has enough units. The last one does not end.
 *
 * @throws Error for a step that the rollout does not have.
 */
export function decideLook(definition: RolloutDefinition, state: PhaseState): Look {
  const step = definition.steps[state.phase];
  if (step === undefined) throw new Error(`The rollout has no step ${state.phase}.`);
  const weights = [1 - step.percent / 100, step.percent / 100];
  const alphaPerTest = splitAlpha(definition);
  const compare = (rule: MetricRule, role: Comparison['role']) =>
    compareRule(definition, state, { rule, role, weights, alpha: alphaPerTest });
  const { control, candidate } = state.arms;
  const primary = compare(definition.primary, 'primary');
  const comparisons = [primary, ...definition.guardrails.map((rule) => compare(rule, 'guardrail'))];
  const { pValue } = ratioEvidence([control.units, candidate.units], weights);
  return {
    phase: state.phase,
    at: state.at,
    elapsedMin: state.elapsedMin,
    lastSequence: state.lastSequence,
    alphaPerTest,
    units: { control: control.units, candidate: candidate.units },
    executions: { control: control.executions, candidate: candidate.executions },
    ratioPValue: Math.min(state.leastRatioPValue, pValue),
    comparisons,
    decision: decide(definition, state, comparisons),
  };
}

interface RuleContext {
  readonly rule: MetricRule;
  readonly role: Comparison['role'];
  readonly weights: readonly number[];
  readonly alpha: number;
}

function compareRule(
  definition: RolloutDefinition,
  { arms }: PhaseState,
  { rule, role, weights, alpha }: RuleContext,
): Comparison {
  const control = findValues(arms.control, rule);
  const candidate = findValues(arms.candidate, rule);
  const found = compareArms(rule, control, candidate, { alpha, successAlpha: definition.alpha });
  const isEnough =
    countDeciding(rule, arms.control, control) >= definition.minUnits &&
    countDeciding(rule, arms.candidate, candidate) >= definition.minUnits;
  const missing = [arms.control.units - control.values, arms.candidate.units - candidate.values];
  return {
    metric: rule.metric,
    role,
    kind: rule.kind,
    direction: rule.direction,
    maxRegression: rule.maxRegression,
    arms: {
      control: toFigures(arms.control, control, found.control),
      candidate: toFigures(arms.candidate, candidate, found.candidate),
    },
    effect: { absolute: found.absolute, relative: found.relative },
    missingPValue: ratioEvidence(missing, weights).pValue,
    isEnough,
    isBad: isEnough && found.isBad,
    isGood: role === 'primary' && isEnough && found.isGood,
  };
}

/** The exact confidence sequences hold from the first unit on. The asymptotic one needs values. */
function countDeciding({ kind }: MetricRule, arm: ArmState, { values }: MetricValues): number {
  return kind === 'number' ? values : arm.units;
}

function findValues({ metrics }: ArmState, { metric, kind }: MetricRule): MetricValues {
  const found = metrics.get(metric);
  if (found?.kind === kind) return found;
  switch (kind) {
    case 'yes_no':
      return { kind, values: 0, successes: 0 };
    case 'number':
      return { kind, values: 0, sample: { n: 0, mean: 0, squares: 0 } };
    case 'quantile':
      return { kind, values: 0, sorted: [] };
  }
}

function toFigures({ units }: ArmState, { values }: MetricValues, found: Estimate): ArmFigures {
  return { values, missing: units - values, estimate: found.estimate, low: found.low, high: found.high };
}

function decide(
  { onGuardrail, onSuccess, minUnits, steps }: RolloutDefinition,
  { phase, elapsedMin }: PhaseState,
  comparisons: readonly Comparison[],
): Decision {
  const bad = comparisons.filter(({ role, isBad }) => role === 'guardrail' && isBad);
  if (bad.length > 0) {
    return { kind: 'guardrail', action: onGuardrail, metrics: [...new Set(bad.map(({ metric }) => metric))] };
  }
  const primary = comparisons.find(({ role }) => role === 'primary');
  const isHeld = elapsedMin < (steps[phase]?.holdMin ?? 0);
  if (primary === undefined || isHeld) return { kind: 'continue' };
  if (phase === steps.length - 1) {
    return primary.isGood ? { kind: 'success', action: onSuccess } : { kind: 'continue' };
  }
  const hasUnits = (arm: Arm) => primary.arms[arm].values >= minUnits;
  if (!hasUnits('control') || !hasUnits('candidate')) return { kind: 'continue' };
  return { kind: 'next_step', phase: phase + 1 };
}
