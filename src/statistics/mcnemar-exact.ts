import { logGamma } from './log-gamma.js';

/**
 * Returns the exact two-sided p-value of McNemar's test: the probability that discordant pairs split at least as unevenly if both
 * directions were equally likely. 8 and 2 give 0.109375. Without discordant pairs it is 1. Fewer than 6 never go below 0.05.
 */
export function mcnemarExact(wins: number, losses: number): number {
  return Math.min(1, 2 * lowerTail(Math.min(wins, losses), wins + losses));
}

/** Returns the mid-p variant, which counts the observed split half: 16 and 6 give 0.034690. It is less strict, and no verdict uses it. */
export function mcnemarMidP(wins: number, losses: number): number {
  const [fewer, n] = [Math.min(wins, losses), wins + losses];
  if (n === 0) return 1;
  return Math.min(1, Math.max(0, 2 * lowerTail(fewer, n) - likelihood(fewer, n)));
}

/** Returns P(X ≤ k) for n tosses of a fair coin: the largest term times the sum of the ratios of the terms to it. */
function lowerTail(k: number, n: number): number {
  const largest = likelihood(k, n);
  let [term, sum] = [1, 1];
  for (let at = k; at > 0 && term > sum * 1e-18; at -= 1) {
    term *= at / (n - at + 1);
    sum += term;
  }
  return largest * sum;
}

/** Returns P(X = k). */
function likelihood(k: number, n: number): number {
  return Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
}
