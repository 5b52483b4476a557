import type { Interval } from './interval.js';
import { mcnemarExact } from './mcnemar-exact.js';
import { pairedShareInterval } from './paired-share-interval.js';
import { pairedT } from './paired-t.js';
import { hodgesLehmannInterval, wilcoxonSignedRank } from './wilcoxon-signed-rank.js';

export const VERDICTS = ['better', 'worse', 'no_difference', 'cannot_tell'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const COMPARISON_METHODS = ['mcnemar_exact', 'paired_t', 'wilcoxon'] as const;
export type ComparisonMethod = (typeof COMPARISON_METHODS)[number];

/** The values of both candidates for one item. */
export interface Pair {
  readonly baseline: number;
  readonly candidate: number;
}

export interface PairedComparison {
  readonly n: number;
  /** The number of items for which the candidate got more; the rest are losses and ties. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  /** The mean of candidate − baseline; null without items. */
  readonly delta: number | null;
  /** The interval of the difference; null when there are too few items. */
  readonly interval: Interval | null;
  readonly pValue: number;
  readonly method: ComparisonMethod;
  readonly verdict: Verdict;
}

const SIGNIFICANT = 0.05;
const T_FROM = 30;
/** Sums of the same numbers in another order differ in their last digits, which is not a real difference. */
const DIGITS = 12;

/** @param margin how far from 0 the interval of a difference may reach to count as no difference. */
export function comparePairs(pairs: readonly Pair[], margin: number): PairedComparison {
  const differences = pairs.map(subtract);
  const n = pairs.length;
  const [wins, losses] = [count(differences, 1), count(differences, -1)];
  const delta = n === 0 ? null : differences.reduce((sum, each) => sum + each, 0) / n;
  const found = test(pairs, differences, { wins, losses, delta });
  const { method, interval, pValue } = found;
  const ties = n - wins - losses;
  return { n, wins, losses, ties, delta, interval, pValue, method, verdict: judge(found, margin) };
}

/** The result of a test. */
interface Finding extends Pick<PairedComparison, 'method' | 'interval' | 'pValue'> {
  /** Positive when the tested statistic favours the candidate. */
  readonly lean: number;
}

function test(
  pairs: readonly Pair[],
  differences: readonly number[],
  { wins, losses, delta }: Pick<PairedComparison, 'wins' | 'losses' | 'delta'>,
): Finding {
  const n = pairs.length;
  if (pairs.every(({ baseline, candidate }) => isBinary(baseline) && isBinary(candidate))) {
    const interval = n === 0 ? null : pairedShareInterval(wins, losses, n);
    return { method: 'mcnemar_exact', interval, pValue: mcnemarExact(wins, losses), lean: wins - losses };
  }
  const t = n < T_FROM ? null : pairedT(differences);
  if (t !== null) return { method: 'paired_t', ...t, lean: delta ?? 0 };
  return {
    method: 'wilcoxon',
    interval: hodgesLehmannInterval(differences),
    ...wilcoxonSignedRank(differences),
  };
}

function judge({ pValue, interval, lean }: Finding, margin: number): Verdict {
  if (pValue < SIGNIFICANT) return lean > 0 ? 'better' : 'worse';
  if (interval === null) return 'cannot_tell';
  return interval[0] >= -margin && interval[1] <= margin ? 'no_difference' : 'cannot_tell';
}

function count(differences: readonly number[], sign: 1 | -1): number {
  return differences.filter((each) => Math.sign(each) === sign).length;
}

function isBinary(value: number): boolean {
  return value === 0 || value === 1;
}

/** Whether the two differ by more than the rounding of sums. */
export function isDifferent(pair: Pair): boolean {
  return subtract(pair) !== 0;
}

function subtract({ baseline, candidate }: Pair): number {
  const difference = candidate - baseline;
  const size = Math.max(Math.abs(baseline), Math.abs(candidate));
  if (Math.abs(difference) <= size * 10 ** -DIGITS) return 0;
  return Number(difference.toPrecision(DIGITS));
}
