import { shareEvidence, type ShareSequenceOptions } from './share-sequence.js';

export interface QuantileBounds {
  /** Null when there are too few values for a lower bound. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Bounds a quantile at all looks at once: all x for which the exact sequence of F(x), the share of values up to x, contains `quantile`.
 * This assumes nothing about the distribution and also holds for ties.
 *
 * @param sorted the values in ascending order.
 * @param quantile above 0 and below 1, such as 0.95.
 */
export function quantileBounds(
  sorted: ArrayLike<number>,
  quantile: number,
  options: ShareSequenceOptions,
): QuantileBounds {
  const [fewest, most] = ranksOfQuantile(sorted.length, quantile, options);
  return { low: sorted[fewest - 1] ?? null, high: sorted[most] ?? null };
}

/**
 * Finds how many of `trials` values may be at or below the quantile: the counts whose interval contains it. For a given share the evidence
 * is convex in the count, so these are all counts between two ends, and bisection finds both.
 */
export function ranksOfQuantile(
  trials: number,
  quantile: number,
  options: ShareSequenceOptions,
): readonly [fewest: number, most: number] {
  if (trials <= 0) return [0, 0];
  const threshold = -Math.log(options.alpha);
  const holds = (count: number) => shareEvidence(count, trials, options)(quantile) < threshold;
  // The count with the least evidence against it: the next one would be equally likely.
  const likeliest = Math.min(trials, Math.max(0, Math.round((trials - 1) * quantile)));
  return [findEdge(likeliest, 0, holds), findEdge(likeliest, trials, holds)];
}

/** @returns the count closest to `end` for which `holds` is true; it must be true for `start`. */
function findEdge(start: number, end: number, holds: (count: number) => boolean): number {
  if (holds(end)) return end;
  let [inside, outside] = [start, end];
  while (Math.abs(outside - inside) > 1) {
    const middle = Math.trunc((inside + outside) / 2);
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
  return inside;
}

/** Returns the observed quantile: the smallest value at or below which `quantile` of the values lie. Null without values. */
export function sampleQuantile(sorted: ArrayLike<number>, quantile: number): number | null {
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? null;
}
