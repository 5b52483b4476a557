import { logGamma } from './log-gamma.js';

/**
 * The exact two-sided p-value of McNemar's test: how likely pairs that differ split at least as unevenly if either way were as
 * likely. 8 and 2 is 0.109375. Without pairs that differ it is 1. Fewer than 6 never come below 0.05.
 */
export function mcnemarExact(wins: number, losses: number): number {
  return Math.min(1, 2 * lowerTail(Math.min(wins, losses), wins + losses));
}

/** The mid-p variant, which counts the split that was seen half: 16 and 6 is 0.034690. It is less cautious, and no verdict rests on it. */
export function mcnemarMidP(wins: number, losses: number): number {
  const [fewer, n] = [Math.min(wins, losses), wins + losses];
  if (n === 0) return 1;
  return Math.min(1, Math.max(0, 2 * lowerTail(fewer, n) - likelihood(fewer, n)));
}

/** P(X ≤ k) of a fair coin that is thrown n times: the largest term, and what each is of the one before. */
function lowerTail(k: number, n: number): number {
  const largest = likelihood(k, n);
  let [term, sum] = [1, 1];
  for (let at = k; at > 0 && term > sum * 1e-18; at -= 1) {
    term *= at / (n - at + 1);
    sum += term;
  }
  return largest * sum;
}

/** P(X = k). */
function likelihood(k: number, n: number): number {
  return Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
}
