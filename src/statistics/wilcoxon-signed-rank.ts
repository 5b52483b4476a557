import type { Interval } from './interval.js';

/** The work grows with the cube of this number; above it the t-test is the better choice. */
const MAX_DIFFERENCES = 200;

export interface SignedRank {
  /** Two-sided; 1 when all differences are 0. */
  readonly pValue: number;
  /** The ranks of the positive differences minus those of the negative ones: the direction in which the test leans. */
  readonly lean: number;
}

/**
 * Wilcoxon's exact signed-rank test of paired differences. Zeros are dropped, equal sizes share their mean rank, and the distribution
 * covers all possible signs of those ranks. @throws RangeError for more than 200 differences.
 */
export function wilcoxonSignedRank(differences: readonly number[]): SignedRank {
  assertFew(differences.length);
  const nonZero = differences.filter((each) => each !== 0);
  const ranks = doubledRanks(nonZero.map(Math.abs));
  const positive = ranks.reduce((sum, rank, at) => sum + ((nonZero[at] as number) > 0 ? rank : 0), 0);
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const distribution = distributionOfSums(ranks, total);
  // The distribution is symmetric, so the smaller tail is that of the smaller sum.
  const below = Math.min(positive, total - positive);
  let tail = 0;
  for (let sum = 0; sum <= below; sum += 1) tail += distribution[sum] as number;
  return { pValue: Math.min(1, 2 * tail), lean: positive - total / 2 };
}

/**
 * The 95 % interval of Hodges and Lehmann for the median of paired differences: the sorted averages of all pairs, minus as many at each end
 * as the exact distribution of the signed rank allows. Zeros count here, because unchanged items are evidence of little change.
 * @returns null for fewer than 6 differences, which have no 95 % interval.
 * @throws RangeError for more than 200 differences.
 */
export function hodgesLehmannInterval(differences: readonly number[]): Interval | null {
  const n = differences.length;
  assertFew(n);
  const ranks = differences.map((_, at) => at + 1);
  const distribution = distributionOfSums(ranks, (n * (n + 1)) / 2);
  let [cut, tail] = [0, 0];
  for (;;) {
    tail += distribution[cut] ?? 1;
    if (tail > 0.025) break;
    cut += 1;
  }
  if (cut === 0) return null;
  const averages: number[] = [];
  for (const [at, each] of differences.entries()) {
    for (let other = at; other < n; other += 1) averages.push((each + (differences[other] as number)) / 2);
  }
  averages.sort((one, other) => one - other);
  // A sum of up to `cut - 1` is still rare enough, so that many averages are dropped at each end.
  return [averages[cut - 1] as number, averages[averages.length - cut] as number];
}

/** Returns twice the rank of each size, counted from 1. Doubled, because the mean of an even number of ranks is not whole. */
function doubledRanks(sizes: readonly number[]): number[] {
  const order = sizes
    .map((_, at) => at)
    .sort((one, other) => (sizes[one] as number) - (sizes[other] as number));
  const ranks = new Array<number>(sizes.length).fill(0);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end + 1 < order.length && sizes[order[end + 1] as number] === sizes[order[start] as number])
      end += 1;
    for (let at = start; at <= end; at += 1) ranks[order[at] as number] = start + end + 2;
    start = end + 1;
  }
  return ranks;
}

/**
 * Returns the probability of each sum of ranks when a coin toss decides whether each rank is included. Uses shares, because counts overflow
 * a double.
 */
function distributionOfSums(ranks: readonly number[], total: number): Float64Array {
  const shares = new Float64Array(total + 1);
  shares[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum -= 1) {
      const without = shares[sum] as number;
      shares[sum] = (without + (sum >= rank ? (shares[sum - rank] as number) : 0)) / 2;
    }
  }
  return shares;
}

function assertFew(count: number): void {
  if (count > MAX_DIFFERENCES)
    throw new RangeError(`the exact signed rank takes at most ${MAX_DIFFERENCES} differences`);
}
