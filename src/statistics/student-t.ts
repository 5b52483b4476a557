import { incompleteBeta } from './incomplete-beta.js';

/** Returns the probability that Student's t with `df` degrees of freedom is at least as far from 0 as `t`, on either side. */
export function studentTwoSidedP(t: number, df: number): number {
  if (Number.isNaN(t)) return 1;
  const square = t * t;
  return Number.isFinite(square) ? incompleteBeta(df / (df + square), df / 2, 0.5) : 0;
}

/**
 * Returns the t that is exceeded on either side with probability `alpha`, such as 2.045230 for 0.05 and 29 degrees of freedom. Uses
 * bisection, which needs no starting point and always converges.
 */
export function studentTwoSidedQuantile(alpha: number, df: number): number {
  let high = 1;
  while (studentTwoSidedP(high, df) > alpha) high *= 2;
  let low = 0;
  for (let step = 0; step < 100 && high - low > 1e-14 * high; step += 1) {
    const middle = (low + high) / 2;
    if (studentTwoSidedP(middle, df) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
