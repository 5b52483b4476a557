import { logGamma } from '../log-gamma.js';

/** The fit of the arms' counts to the shares that were planned. */
export interface RatioEvidence {
  /** The logarithm of how likely the order of units is when the shares may be any, all alike. */
  readonly logMarginal: number;
  /** The same with the planned shares. */
  readonly logNull: number;
  /** At all looks at once, for this look alone; keep the least of all so far. */
  readonly pValue: number;
}

/**
 * Tests for a sample ratio mismatch at all looks at once: the Dirichlet-multinomial model against the planned shares, after Lindon and
 * Malek (2022), with the uniform prior.
 *
 * @param counts units of each arm.
 * @param weights the planned share of each arm; they are scaled to a sum of 1.
 */
export function ratioEvidence(counts: readonly number[], weights: readonly number[]): RatioEvidence {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const arms = counts.length;
  const weight = weights.reduce((sum, each) => sum + each, 0);
  const logMarginal = counts.reduce(
    (sum, count) => sum + logGamma(1 + count),
    logGamma(arms) - logGamma(arms + total),
  );
  const logNull = counts.reduce(
    (sum, count, arm) => sum + (count === 0 ? 0 : count * Math.log((weights[arm] ?? 0) / weight)),
    0,
  );
  return { logMarginal, logNull, pValue: Math.min(1, Math.exp(logNull - logMarginal)) };
}
