import { logGamma } from '../log-gamma.js';

/** The number of units in one arm at which the sequence for rollouts is narrowest. */
export const ROLLOUT_T_OPT = 500;

/** The settings of a confidence sequence for a share. */
export interface ShareSequenceOptions {
  /** The probability, over all looks together, that the interval ever excludes the true share. Above 0 and below 1. */
  readonly alpha: number;
  /** The number of trials after which the interval is narrowest. Above 0. */
  readonly tOpt: number;
}

export interface ShareBounds {
  readonly low: number;
  readonly high: number;
}

/** The search ignores shares closer to 0. */
const SMALLEST_SHARE = 1e-300;
const SMALLEST_LOG_SHARE = Math.log(SMALLEST_SHARE);
/** The precision of the logarithms of shares, and of evidence. */
const PRECISION = 1e-10;
const MOST_STEPS = 200;
/** Keeps the mixture proper when `tOpt` asks for a narrower one than exists. */
const SMALLEST_CONCENTRATION = 1e-3;

/**
 * Returns the rho for which the mixture is tightest at the intrinsic time: rho = v / (2 ln(1/α) + ln(1 + 2 ln(1/α))), after Howard, Ramdas,
 * McAuliffe and Sekhon (2021).
 *
 * @param vOpt the variance, summed over the trials, at which the bound is narrowest.
 */
export function bestRho(vOpt: number, alpha: number): number {
  const twice = 2 * Math.log(1 / alpha);
  return vOpt / (twice + Math.log(1 + twice));
}

/**
 * Returns an interval of a share that holds at all looks at once: looking after every trial and stopping at will is wrong with probability
 * `alpha` at most, for any share and any number of trials. The beta-binomial mixture, computed exactly.
 *
 * @param successes from 0 to `trials`.
 * @returns 0 to 1 without trials; each end is exact to about ten digits.
 */
export function shareBounds(successes: number, trials: number, options: ShareSequenceOptions): ShareBounds {
  return {
    low: shareLowerBound(successes, trials, options),
    high: shareUpperBound(successes, trials, options),
  };
}

/** Returns the lower end of {@link shareBounds} alone, at half the cost. */
export function shareLowerBound(successes: number, trials: number, options: ShareSequenceOptions): number {
  if (successes <= 0 || trials <= 0) return 0;
  const share = successes / trials;
  const threshold = -Math.log(options.alpha);
  const evidence = shareEvidence(successes, trials, options);
  const excess = (logShare: number) => evidence(Math.exp(logShare)) - threshold;
  // With one success the evidence against a share near 0 is bounded, so possibly no share is excluded.
  if (successes === 1 && excess(SMALLEST_LOG_SHARE) < 0) return 0;
  // The evidence is convex in the share and at most 0 at the observed share, so it crosses the threshold exactly once below.
  const inside = Math.log(share);
  let width = 4 * Math.sqrt((1 - share) / successes) + threshold / successes;
  let outside = inside - width;
  while (excess(outside) < 0) {
    width *= 2;
    outside = inside - width;
    if (outside < SMALLEST_LOG_SHARE) return 0;
  }
  return Math.min(share, Math.exp(findCrossing(excess, outside, inside)));
}

/**
 * Finds where a function crosses 0 from above, with the Illinois method: a chord, and half the weight for an end that stays. It takes some
 * eight evaluations where bisection takes forty, and never leaves its bracket.
 *
 * @returns a point at most {@link PRECISION} to the left of the crossing, or where the function is within {@link PRECISION} of 0.
 */
function findCrossing(excess: (at: number) => number, outside: number, inside: number): number {
  let [left, right] = [outside, inside];
  let [above, below] = [excess(left), excess(right)];
  let stayed: 'left' | 'right' | null = null;
  for (let step = 0; step < MOST_STEPS && right - left > PRECISION; step += 1) {
    const chord = (left * below - right * above) / (below - above);
    const at = chord > left && chord < right ? chord : (left + right) / 2;
    const value = excess(at);
    if (Math.abs(value) < PRECISION) return at;
    if (value >= 0) {
      [left, above] = [at, value];
      if (stayed === 'right') below /= 2;
      stayed = 'right';
    } else {
      [right, below] = [at, value];
      if (stayed === 'left') above /= 2;
      stayed = 'left';
    }
  }
  return left;
}

/** Returns the upper end of {@link shareBounds}, by swapping successes and failures. */
export function shareUpperBound(successes: number, trials: number, options: ShareSequenceOptions): number {
  return 1 - shareLowerBound(trials - successes, trials, options);
}

/**
 * Returns the logarithm of the evidence against a share `p`. From ln(1/α) on, `p` is excluded.
 *
 * The mixture of the contract has r = max(rho − gh, gh/1000) with g = p, h = 1 − p and rho = best_rho(t_opt·gh, α). All of this is
 * proportional to gh, so its two parameters are c·p and c·(1 − p) with one `c` that does not depend on p, and the martingale is B(s + cp, f
 * + c(1 − p)) / B(cp, c(1 − p)) / (p^s (1 − p)^f) for s successes and f failures. Its logarithm is a sum of ln(c + i/p) and of ln(c + i/(1
 * − p)), which are convex in p. The interval therefore has no holes, and bisection finds its ends.
 */
export function shareEvidence(
  successes: number,
  trials: number,
  { alpha, tOpt }: ShareSequenceOptions,
): (share: number) => number {
  const failures = trials - successes;
  const c = Math.max(bestRho(tOpt, alpha) - 1, SMALLEST_CONCENTRATION);
  const constant = logGamma(c) - logGamma(trials + c);
  return (share) =>
    constant + rising(successes, c * share) - successes * Math.log(share) + failuresPart(failures, c, share);
}

function failuresPart(failures: number, c: number, share: number): number {
  if (failures === 0) return 0;
  const rest = Math.max(1 - share, SMALLEST_SHARE);
  return rising(failures, c * rest) - failures * Math.log1p(-Math.min(share, 1 - Number.EPSILON / 2));
}

/** Returns ln Γ(count + start) − ln Γ(start). */
function rising(count: number, start: number): number {
  return count === 0 ? 0 : logGamma(count + start) - logGamma(start);
}
