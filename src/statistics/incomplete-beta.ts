import { logGamma } from './log-gamma.js';

/** Keeps a denominator of the fraction away from zero; see Lentz (1976). */
const TINY = 1e-300;
const PRECISION = 1e-16;
/** The fraction takes about the square root of the larger parameter in steps. */
const MAX_STEPS = 100_000;

/**
 * Computes the regularised incomplete beta function I_x(a, b), for a and b above 0 and x from 0 to 1. The continued fraction converges fast
 * below the mean of the distribution; above it the symmetry I_x(a, b) = 1 − I_{1−x}(b, a) maps x there.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const isBelowMean = x < (a + 1) / (a + b + 2);
  return isBelowMean ? lowerPart(x, a, b) : 1 - lowerPart(1 - x, b, a);
}

function lowerPart(x: number, a: number, b: number): number {
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  return Math.min(1, (Math.exp(logFront) * continuedFraction(x, a, b)) / a);
}

/** Evaluates the fraction of DLMF 8.17.22 forwards with Lentz's method. */
function continuedFraction(x: number, a: number, b: number): number {
  let numerator = 1;
  let denominator = awayFromZero(1 - ((a + b) * x) / (a + 1));
  denominator = 1 / denominator;
  let value = denominator;
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    const even = (step * (b - step) * x) / ((a + 2 * step - 1) * (a + 2 * step));
    denominator = 1 / awayFromZero(1 + even * denominator);
    numerator = awayFromZero(1 + even / numerator);
    value *= denominator * numerator;
    const odd = (-(a + step) * (a + b + step) * x) / ((a + 2 * step) * (a + 2 * step + 1));
    denominator = 1 / awayFromZero(1 + odd * denominator);
    numerator = awayFromZero(1 + odd / numerator);
    const change = denominator * numerator;
    value *= change;
    if (Math.abs(change - 1) < PRECISION) break;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
