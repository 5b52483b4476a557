import { logGamma } from '../log-gamma.js';

/** How well the arms' counts fit the planned shares. */
export interface RatioEvidence {
  /** The log-likelihood of the sequence of units when all shares are equally plausible. */
  readonly logMarginal: number;
  /** The log-likelihood with the planned shares. */
  readonly logNull: number;
  /** Valid at all looks at once for this look alone; keep the minimum of all looks so far. */
  readonly pValue: number;
}

/**
 * Tests for a sample ratio mismatch at all looks at once: the Dirichlet-multinomial model against the planned shares, after Lindon and
 * Malek (2022), with the uniform prior.
 *
 * @param counts the units of each arm.
 * @param weights the planned share of each arm, scaled to a sum of 1.
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
