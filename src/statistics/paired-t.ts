import type { Interval } from './interval.js';
import { studentTwoSidedP, studentTwoSidedQuantile } from './student-t.js';

export interface PairedT {
  readonly pValue: number;
  /** The interval of the mean difference. */
  readonly interval: Interval;
}

/**
 * Student's test of paired differences against a mean of 0, with its 95 % interval. Equal differences leave no doubt: p is 1 if they are 0,
 * otherwise 0. @returns null for fewer than two, which do not show how much they vary.
 */
export function pairedT(differences: readonly number[]): PairedT | null {
  const n = differences.length;
  if (n < 2) return null;
  const mean = differences.reduce((sum, each) => sum + each, 0) / n;
  // Uses a second pass, because the difference of two large sums would lose all its digits.
  const squares = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const error = Math.sqrt(squares / (n - 1) / n);
  if (error === 0) return { pValue: mean === 0 ? 1 : 0, interval: [mean, mean] };
  const half = studentTwoSidedQuantile(0.05, n - 1) * error;
  return { pValue: studentTwoSidedP(mean / error, n - 1), interval: [mean - half, mean + half] };
}
