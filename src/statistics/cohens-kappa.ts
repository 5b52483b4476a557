export interface Agreement {
  /** The share of cases on which the raters agree. */
  readonly observed: number;
  /** The share expected to agree by chance, given each rater's own frequencies. */
  readonly expected: number;
  /** (observed − expected)/(1 − expected); null when chance alone agrees on everything, as when both raters are constant. */
  readonly kappa: number | null;
}

/**
 * Computes Cohen's κ of two raters.
 * @param confusion how often the first rater gave the row's label and the second the column's; square.
 * @returns null when nothing was rated.
 */
export function cohensKappa(confusion: readonly (readonly number[])[]): Agreement | null {
  const rows = confusion.map(sum);
  const n = sum(rows);
  if (n === 0) return null;
  const observed = sum(confusion.map((row, at) => row[at] ?? 0)) / n;
  const columns = confusion.map((_, at) => sum(confusion.map((row) => row[at] ?? 0)));
  const expected = sum(rows.map((row, at) => (row / n) * ((columns[at] as number) / n)));
  const kappa = expected >= 1 ? null : (observed - expected) / (1 - expected);
  return { observed, expected, kappa };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
