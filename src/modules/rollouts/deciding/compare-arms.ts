import {
  contrastEffect,
  type Effect,
  effectBounds,
  oneSidedBounds,
  type QuantileBounds,
  quantileBounds,
  relativeEffect,
  ROLLOUT_N_OPT,
  ROLLOUT_T_OPT,
  type Sample,
  sampleQuantile,
  shareBounds,
  squaredError,
} from '../../../statistics/sequential/index.js';
import type { Estimate } from './look.js';
import type { MetricValues } from './phase-state.js';
import type { MetricRule } from './rollout-definition.js';

/** The comparison of two arms by one rule. */
export interface ArmsCompared {
  readonly control: Estimate;
  readonly candidate: Estimate;
  readonly absolute: Estimate;
  readonly relative: Estimate;
  readonly isBad: boolean;
  readonly isGood: boolean;
}

type SameKind<Kind extends MetricValues['kind']> = Extract<MetricValues, { readonly kind: Kind }>;

const NOTHING: Estimate = { estimate: null, low: null, high: null };

/**
 * @param alpha what the test for harm may spend.
 * @param successAlpha what the one-sided bound for success may spend.
 */
export function compareArms(
  rule: MetricRule,
  control: MetricValues,
  candidate: MetricValues,
  { alpha, successAlpha }: { readonly alpha: number; readonly successAlpha: number },
): ArmsCompared {
  if (control.kind === 'number' && candidate.kind === 'number') {
    return compareNumbers(rule, control, candidate, alpha, successAlpha);
  }
  // Each arm has its own bound, so each spends half of alpha.
  const [own, other] = [boundArm(rule, control, alpha / 2), boundArm(rule, candidate, alpha / 2)];
  const good = [
    boundArm(rule, control, successAlpha / 2),
    boundArm(rule, candidate, successAlpha / 2),
  ] as const;
  return {
    control: own,
    candidate: other,
    ...subtractBounds(own, other),
    isBad: isWorse(rule, own, other),
    isGood: isNotWorse(rule, ...good),
  };
}

function boundArm(rule: MetricRule, arm: MetricValues, alpha: number): Estimate {
  const options = { alpha, tOpt: ROLLOUT_T_OPT };
  if (arm.values === 0) return NOTHING;
  if (arm.kind === 'yes_no') {
    return { estimate: arm.successes / arm.values, ...shareBounds(arm.successes, arm.values, options) };
  }
  if (arm.kind === 'number') return boundMean(arm.sample, alpha);
  const quantile = rule.quantile ?? 0.5;
  return { estimate: sampleQuantile(arm.sorted, quantile), ...quantileBounds(arm.sorted, quantile, options) };
}

/** Returns whether every plausible value of the candidate is worse than every one of the control, by more than allowed. */
function isWorse(
  { direction, maxRegression }: MetricRule,
  control: QuantileBounds,
  candidate: QuantileBounds,
) {
  return direction === 'up'
    ? isBelow(candidate.high, tolerate(control.low, -maxRegression))
    : isBelow(tolerate(control.high, maxRegression), candidate.low);
}

/** Returns whether every plausible value of the candidate is better than the worst that is allowed. */
function isNotWorse(
  { direction, maxRegression }: MetricRule,
  control: QuantileBounds,
  candidate: QuantileBounds,
) {
  return direction === 'up'
    ? isBelow(tolerate(control.high, -maxRegression), candidate.low)
    : isBelow(candidate.high, tolerate(control.low, maxRegression));
}

function isBelow(low: number | null, high: number | null): boolean {
  return low !== null && high !== null && low < high;
}

function tolerate(bound: number | null, share: number): number | null {
  return bound === null ? null : bound + share * Math.abs(bound);
}

function subtractBounds(control: Estimate, candidate: Estimate): Pick<ArmsCompared, 'absolute' | 'relative'> {
  const apply = (combine: (own: number | null, other: number | null) => number | null): Estimate => ({
    estimate: combine(control.estimate, candidate.estimate),
    low: combine(control.high, candidate.low),
    high: combine(control.low, candidate.high),
  });
  return {
    absolute: apply((own, other) => (own === null || other === null ? null : finite(other - own))),
    // Shares and times are never below 0, and there is no ratio to 0.
    relative: apply((own, other) =>
      own === null || other === null || own <= 0 ? null : finite(other / own - 1),
    ),
  };
}

function compareNumbers(
  rule: MetricRule,
  { sample: control }: SameKind<'number'>,
  { sample: candidate }: SameKind<'number'>,
  alpha: number,
  successAlpha: number,
): ArmsCompared {
  // The margin is a share of the control's mean, which may be below 0 for a score.
  const allowance = rule.maxRegression * Math.sign(control.mean) * (rule.direction === 'up' ? -1 : 1);
  const tested = contrastEffect(control, candidate, 1 + allowance);
  const harm = effectBounds(tested, { alpha, nOpt: ROLLOUT_N_OPT });
  const success = oneSidedBounds(tested, { alpha: successAlpha, nOpt: ROLLOUT_N_OPT });
  const isUp = rule.direction === 'up';
  return {
    control: boundMean(control, alpha),
    candidate: boundMean(candidate, alpha),
    absolute: boundEffect(contrastEffect(control, candidate), alpha),
    relative: boundEffect(relativeEffect(control, candidate), alpha),
    isBad: harm !== null && (isUp ? harm.high < 0 : harm.low > 0),
    isGood: success !== null && (isUp ? success.low > 0 : success.high < 0),
  };
}

function boundMean(sample: Sample, alpha: number): Estimate {
  const { n, mean } = sample;
  return boundEffect({ n, estimate: mean, standardError: Math.sqrt(squaredError(sample)) }, alpha);
}

function boundEffect(effect: Effect | null, alpha: number): Estimate {
  if (effect === null || effect.n === 0) return NOTHING;
  const { low, high } = effectBounds(effect, { alpha, nOpt: ROLLOUT_N_OPT }) ?? NOTHING;
  return { estimate: finite(effect.estimate), low, high };
}

/** JSON cannot represent other values. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
