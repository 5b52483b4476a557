/** A summary of numbers: enough for their mean and its standard error. */
export interface Sample {
  readonly n: number;
  readonly mean: number;
  /** The sum of the squared distances from the mean. */
  readonly squares: number;
}

/** Values that differ by less, relative to their mean, are the same one after some arithmetic. */
const ROUNDING = 1e-12;

/** Two passes, because a sum of squares loses the digits that the variance is made of. */
export function summarize(values: readonly number[]): Sample {
  const n = values.length;
  const first = values[0] ?? 0;
  if (n === 0) return { n, mean: 0, squares: 0 };
  const mean = first + values.reduce((sum, each) => sum + (each - first) / n, 0);
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { n, mean, squares: squares <= n * (ROUNDING * mean) ** 2 ? 0 : squares };
}

/** From sums, as others report them. */
export function sampleFromSums(n: number, sum: number, sumOfSquares: number): Sample {
  if (n === 0) return { n, mean: 0, squares: 0 };
  return { n, mean: sum / n, squares: Math.max(0, sumOfSquares - (sum * sum) / n) };
}

/** The square of the standard error of the mean; infinite from a single value, about whose spread nothing is known. */
export function squaredError({ n, squares }: Sample): number {
  return n < 2 ? Infinity : squares / (n - 1) / n;
}
