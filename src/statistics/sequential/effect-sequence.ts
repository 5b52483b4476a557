import type { Effect } from './effects.js';
import type { QuantileBounds } from './quantile-bounds.js';

/** The number of units in both arms together at which the sequence for numbers is narrowest. */
export const ROLLOUT_N_OPT = 5000;

/**
 * Every rho is valid; it only determines where the interval is narrowest. Near an alpha of 1 the best rho approaches 0, where the interval
 * is infinite, so a one-sided bound at an alpha of 0.5 would never decide anything.
 */
const LOOSEST_TUNING = 0.5;

/** The settings of a confidence sequence for an effect. */
export interface EffectSequenceOptions {
  readonly alpha: number;
  /** The number of values in both arms together at which the interval is narrowest. */
  readonly nOpt: number;
}

/**
 * Returns the interval of an effect that holds at all looks at once: the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha,
 * Kennedy and Ramdas (2024). It relies on the central limit theorem, so each arm needs enough values before the first look.
 *
 * @returns null when the spread is zero or not a number.
 */
export function effectBounds(effect: Effect, { alpha, nOpt }: EffectSequenceOptions): EffectBounds | null {
  const rho = tightestAt(nOpt, alpha);
  return around(effect, halfWidth(effect, rho, Math.log(Math.sqrt(effect.n * rho * rho + 1) / alpha)));
}

export interface EffectBounds extends QuantileBounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Returns two bounds. Each holds at all looks with probability 1 − α on its own, so use only one of them.
 *
 * @returns null in the same cases as {@link effectBounds}.
 */
export function oneSidedBounds(effect: Effect, { alpha, nOpt }: EffectSequenceOptions): EffectBounds | null {
  const rho = tightestAt(nOpt, Math.min(2 * alpha, LOOSEST_TUNING));
  const log = Math.log1p(Math.sqrt(effect.n * rho * rho + 1) / (2 * alpha));
  return around(effect, halfWidth(effect, rho, log));
}

/** Returns the p-value against an effect of 0 that is valid at all looks at once; 1 when nothing can be said. */
export function effectPValue(effect: Effect, { alpha, nOpt }: EffectSequenceOptions): number {
  if (!isKnown(effect)) return 1;
  const { n, estimate, standardError } = effect;
  const rho = tightestAt(nOpt, alpha);
  const spread = n * rho * rho + 1;
  const t = (estimate / standardError) ** 2 * n;
  return Math.min(1, Math.exp(Math.log(spread) / 2 - (rho * rho * t) / (2 * spread)));
}

function tightestAt(nOpt: number, alpha: number): number {
  const twice = -2 * Math.log(alpha);
  return Math.sqrt((twice + Math.log(twice + 1)) / nOpt);
}

function halfWidth({ n, standardError }: Effect, rho: number, log: number): number {
  // The standard error of n values times √n is the standard deviation of one value.
  const spread = standardError * Math.sqrt(n);
  return spread * Math.sqrt(((2 * (n * rho * rho + 1)) / (n * rho) ** 2) * log);
}

function around(effect: Effect, half: number): EffectBounds | null {
  const [low, high] = [effect.estimate - half, effect.estimate + half];
  return isKnown(effect) && Number.isFinite(low) && Number.isFinite(high) ? { low, high } : null;
}

function isKnown({ estimate, standardError }: Effect): boolean {
  return Number.isFinite(estimate) && Number.isFinite(standardError) && standardError > 0;
}
