import { shareEvidence, type ShareSequenceOptions } from './share-sequence.js';

export interface QuantileBounds {
  /** Null: so few values say nothing about how low it may be. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Between which values a quantile lies, at all looks at once: all x for which the exact sequence of F(x), the share of values up to x,
 * contains `quantile`. That takes nothing for granted about the distribution, and holds for ties too.
 *
 * @param sorted the values, in ascending order.
 * @param quantile such as 0.95; above 0 and below 1.
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
 * Counts how many of `trials` values may be at or below the quantile: the counts whose interval contains it. For a given share the
 * evidence is convex in the count, so they are all counts between two, and halving finds both.
 */
export function ranksOfQuantile(
  trials: number,
  quantile: number,
  options: ShareSequenceOptions,
): readonly [fewest: number, most: number] {
  if (trials <= 0) return [0, 0];
  const threshold = -Math.log(options.alpha);
  const holds = (count: number) => shareEvidence(count, trials, options)(quantile) < threshold;
  // The count with the least evidence against it: there the next one would be as likely.
  const likeliest = Math.min(trials, Math.max(0, Math.round((trials - 1) * quantile)));
  return [findEdge(likeliest, 0, holds), findEdge(likeliest, trials, holds)];
}

/** @returns the count closest to `end` for which `holds` is true; it is for `start`. */
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

/** The observed quantile: the smallest value at or below which `quantile` of them lie. Null without values. */
export function sampleQuantile(sorted: ArrayLike<number>, quantile: number): number | null {
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? null;
}
