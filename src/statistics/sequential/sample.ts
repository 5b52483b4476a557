/** A summary of numbers that yields their mean and its standard error. */
export interface Sample {
  readonly n: number;
  readonly mean: number;
  /** The sum of squared deviations from the mean. */
  readonly squares: number;
}

/** Values with a smaller difference, relative to their mean, are equal up to rounding. */
const ROUNDING = 1e-12;

/** Uses two passes, because a sum of squares loses the digits that the variance consists of. */
export function summarize(values: readonly number[]): Sample {
  const n = values.length;
  const first = values[0] ?? 0;
  if (n === 0) return { n, mean: 0, squares: 0 };
  const mean = first + values.reduce((sum, each) => sum + (each - first) / n, 0);
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { n, mean, squares: squares <= n * (ROUNDING * mean) ** 2 ? 0 : squares };
}

/** Builds a sample from sums, as other sources report them. */
export function sampleFromSums(n: number, sum: number, sumOfSquares: number): Sample {
  if (n === 0) return { n, mean: 0, squares: 0 };
  return { n, mean: sum / n, squares: Math.max(0, sumOfSquares - (sum * sum) / n) };
}

/** Returns the square of the mean's standard error; infinite for a single value, whose spread is unknown. */
export function squaredError({ n, squares }: Sample): number {
  return n < 2 ? Infinity : squares / (n - 1) / n;
}
