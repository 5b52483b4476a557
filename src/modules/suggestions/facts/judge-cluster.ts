import { incompleteBeta } from '../../../statistics/incomplete-beta.js';

/** The chance of so many failures among so many, if each fails with probability `rate`: P(X ≥ failures). */
export function binomialTail(failures: number, trials: number, rate: number): number {
  if (failures <= 0) return 1;
  return failures > trials ? 0 : incompleteBeta(rate, failures, trials - failures + 1);
}

/** A rate is not known better than from how many it was seen: one failure more keeps a small rest from looking perfect. */
export function cautiousRate(failures: number, trials: number): number {
  return Math.min(1, (failures + 1) / (trials + 2));
}
