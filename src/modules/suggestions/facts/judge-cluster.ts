import { incompleteBeta } from '../../../statistics/incomplete-beta.js';

/** Returns the probability of at least this many failures, if each trial fails with probability `rate`: P(X ≥ failures). */
export function binomialTail(failures: number, trials: number, rate: number): number {
  if (failures <= 0) return 1;
  return failures > trials ? 0 : incompleteBeta(rate, failures, trials - failures + 1);
}

/** Estimates a rate cautiously: one extra failure keeps a small sample from looking perfect. */
export function cautiousRate(failures: number, trials: number): number {
  return Math.min(1, (failures + 1) / (trials + 2));
}
