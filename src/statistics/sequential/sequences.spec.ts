import fc from 'fast-check';
import { jStat } from '../jstat.testkit.js';
import {
  bestRho,
  contrastEffect,
  effectBounds,
  effectPValue,
  oneSidedBounds,
  quantileBounds,
  ranksOfQuantile,
  ratioEvidence,
  relativeEffect,
  sampleFromSums,
  sampleQuantile,
  shareBounds,
  shareEvidence,
  summarize,
} from './index.js';

const alphas = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
const tOpts = fc.double({ min: 0.5, max: 1e5, noNaN: true });
const counts = fc
  .tuple(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([trials, share]) => ({ trials, successes: Math.round(trials * share) }));

describe('shareBounds', () => {
  it.each([
    [700, 1000, 100, 0.651629, 0.745949],
    [15, 50, 50, 0.129557, 0.511896],
    [5, 50, 50, 0.013022, 0.269265],
    [1, 50, 50, 0, 0.134892],
    [100, 200, 1, 0.328923, 0.671077],
    [0, 1, 100, 0, 1],
    [0, 0, 100, 0, 1],
  ])('of %d successes in %d trials, tuned for %d', (successes, trials, tOpt, low, high) => {
    const bounds = shareBounds(successes, trials, { alpha: 0.05, tOpt });
    expect(bounds.low).toBeCloseTo(low, 5);
    expect(bounds.high).toBeCloseTo(high, 5);
  });

  it('contains the observed share, is symmetric, and wider for a smaller alpha', () => {
    fc.assert(
      fc.property(counts, alphas, tOpts, ({ successes, trials }, alpha, tOpt) => {
        const options = { alpha, tOpt };
        const { low, high } = shareBounds(successes, trials, options);
        const share = successes / trials;
        expect(0 <= low && low <= share && share <= high && high <= 1).toBe(true);
        const mirrored = shareBounds(trials - successes, trials, options);
        expect(mirrored.low).toBeCloseTo(1 - high, 9);
        // The tuning depends on alpha, but a fifth of alpha always outweighs that.
        const wider = shareBounds(successes, trials, { alpha: alpha / 5, tOpt });
        expect(wider.high - wider.low).toBeGreaterThanOrEqual(high - low - 1e-9);
      }),
    );
  });

  it('moves up with each success', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 2000 }), alphas, tOpts, (trials, alpha, tOpt) => {
        const successes = Math.floor(trials / 3);
        const [fewer, more] = [successes, successes + 1].map((each) =>
          shareBounds(each, trials, { alpha, tOpt }),
        );
        expect(more!.low).toBeGreaterThanOrEqual(fewer!.low - 1e-9);
        expect(more!.high).toBeGreaterThanOrEqual(fewer!.high - 1e-9);
      }),
    );
  });

  it('is where the evidence of the contract is below ln(1/alpha)', () => {
    fc.assert(
      fc.property(
        counts,
        alphas,
        fc.double({ min: 20, max: 1e4, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        ({ successes, trials }, alpha, tOpt, share) => {
          const expected = martingale(successes, trials, share, { alpha, tOpt });
          const { low, high } = shareBounds(successes, trials, { alpha, tOpt });
          const evidence = shareEvidence(successes, trials, { alpha, tOpt })(share);
          expect(Math.abs(evidence - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
          if (Math.abs(expected + Math.log(alpha)) < 1e-3) return;
          expect(share > low && share < high).toBe(expected < -Math.log(alpha));
        },
      ),
    );
  });

  it('knows no NaN, however large or small the figures are', () => {
    for (const trials of [1, 2, 1e6, 1e9]) {
      for (const successes of [0, 1, trials - 1, trials]) {
        for (const alpha of [1e-300, 1e-9, 0.999]) {
          for (const tOpt of [1e-9, 1e12]) {
            const { low, high } = shareBounds(successes, trials, { alpha, tOpt });
            expect(low <= successes / trials && successes / trials <= high).toBe(true);
          }
        }
      }
    }
  });
});

describe('quantileBounds', () => {
  const options = { alpha: 0.025, tOpt: 500 };

  it('are the counts whose interval contains the quantile', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.constantFrom(0.05, 0.5, 0.95, 0.99),
        alphas,
        (trials, quantile, alpha) => {
          const inside = Array.from({ length: trials + 1 }, (_, count) => count).filter((count) => {
            const { low, high } = shareBounds(count, trials, { alpha, tOpt: 500 });
            return low <= quantile && quantile <= high;
          });
          expect(ranksOfQuantile(trials, quantile, { alpha, tOpt: 500 })).toEqual([inside[0], inside.at(-1)]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('contain the observed quantile, and nothing outside of the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 300 }),
        (values) => {
          const sorted = [...values].sort((a, b) => a - b);
          const { low, high } = quantileBounds(sorted, 0.5, options);
          const median = sampleQuantile(sorted, 0.5);
          if (median !== null && low !== null) expect(low).toBeLessThanOrEqual(median);
          if (median !== null && high !== null) expect(high).toBeGreaterThanOrEqual(median);
        },
      ),
    );
  });

  it('say nothing from few values, and both ends from many', () => {
    expect(quantileBounds([], 0.95, options)).toEqual({ low: null, high: null });
    expect(sampleQuantile([], 0.95)).toBeNull();
    expect(quantileBounds([1, 2, 3], 0.95, options)).toEqual({ low: null, high: null });
    const thousand = Float64Array.from({ length: 1000 }, (_, index) => index + 1);
    const { low, high } = quantileBounds(thousand, 0.95, options);
    expect(low).toBeGreaterThan(900);
    expect(high).toBeLessThan(980);
    expect(sampleQuantile(thousand, 0.95)).toBe(950);
    expect(quantileBounds(new Float64Array(1000).fill(7), 0.95, options)).toEqual({ low: 7, high: 7 });
  });
});

describe('effectBounds', () => {
  const shares = [sampleFromSums(3000, 1396, 1396), sampleFromSums(3461, 2422, 2422)] as const;
  const means = [
    sampleFromSums(3000, 1396.87, 52_377.9767),
    sampleFromSums(3461, 2422.7, 134_698.29),
  ] as const;

  it('of a difference of shares', () => {
    const effect = contrastEffect(...shares);
    expect(effect.estimate).toBeCloseTo(0.234464, 6);
    expect(effect.standardError).toBeCloseTo(0.0119847, 5);
    const bounds = effectBounds(effect, { alpha: 0.05, nOpt: 5000 });
    expect(bounds?.low).toBeCloseTo(0.198049, 4);
    expect(bounds?.high).toBeCloseTo(0.27088, 4);
  });

  it('of a relative difference of shares', () => {
    const effect = relativeEffect(...shares)!;
    expect(effect.estimate).toBeCloseTo(0.50386, 5);
    expect(effect.standardError).toBeCloseTo(0.03386, 4);
    const bounds = effectBounds(effect, { alpha: 0.05, nOpt: 5000 });
    expect(bounds?.low).toBeCloseTo(0.40098, 4);
    expect(bounds?.high).toBeCloseTo(0.60675, 4);
  });

  it('of a relative difference of means', () => {
    const effect = relativeEffect(...means)!;
    expect(effect.estimate).toBeCloseTo(0.50336, 5);
    expect(effect.standardError).toBeCloseTo(0.33341, 5);
    const bounds = effectBounds(effect, { alpha: 0.05, nOpt: 1000 });
    expect(bounds?.low).toBeCloseTo(-0.55844, 4);
    expect(bounds?.high).toBeCloseTo(1.56516, 4);
    expect(effectPValue(effect, { alpha: 0.05, nOpt: 1000 })).toBe(1);
  });

  it('on one side', () => {
    const bounds = oneSidedBounds(relativeEffect(...means)!, { alpha: 0.05, nOpt: 5000 });
    expect(bounds?.low).toBeCloseTo(-0.4235645, 4);
    expect(bounds?.high).toBeCloseTo(1.4302867, 4);
  });

  it('on one side at any alpha that a rollout may have, closer the more may be spent', () => {
    const effect = relativeEffect(...means)!;
    const widths = [0.0001, 0.05, 0.2, 0.25, 0.3, 0.4, 0.45, 0.49, 0.5].map((alpha) => {
      const { low, high } = oneSidedBounds(effect, { alpha, nOpt: 5000 })!;
      return high - low;
    });
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(new Set(widths).size).toBe(widths.length);
  });

  const samples = fc
    .tuple(
      fc.integer({ min: 2, max: 10_000 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
    )
    .map(([n, mean, squares]) => ({ n, mean, squares }));

  it('contain the estimate, exclude 0 exactly when p is below alpha, and are closer on one side', () => {
    fc.assert(
      fc.property(
        samples,
        samples,
        fc.double({ min: 1e-6, max: 0.2, noNaN: true }),
        (control, candidate, alpha) => {
          const options = { alpha, nOpt: 5000 };
          const effect = contrastEffect(control, candidate);
          const bounds = effectBounds(effect, options)!;
          expect(bounds.low <= effect.estimate && effect.estimate <= bounds.high).toBe(true);
          const p = effectPValue(effect, options);
          expect(p >= 0 && p <= 1).toBe(true);
          const isClear = Math.abs(p - alpha) > 1e-9 * alpha;
          if (isClear) expect(bounds.low > 0 || bounds.high < 0).toBe(p < alpha);
        },
      ),
    );
  });

  it('say nothing of values without spread, without end, or of a single one', () => {
    const constant = summarize([2, 2, 2]);
    const options = { alpha: 0.05, nOpt: 5000 };
    for (const effect of [
      contrastEffect(constant, constant),
      contrastEffect(summarize([]), summarize([])),
      contrastEffect(summarize([1]), summarize([1, 2])),
      contrastEffect(summarize([1e308, -1e308]), summarize([1, 2])),
    ]) {
      expect([effectBounds(effect, options), oneSidedBounds(effect, options)]).toEqual([null, null]);
      expect(effectPValue(effect, options)).toBe(1);
    }
    expect(relativeEffect(summarize([0, 0]), constant)).toBeNull();
  });

  it('summarizes numbers that differ only in their last digits', () => {
    const { mean, squares } = summarize([1e9 + 1, 1e9 + 2, 1e9 + 3]);
    expect(mean).toBeCloseTo(1e9 + 2, 4);
    expect(squares).toBeCloseTo(2, 4);
    expect(summarize([0.1, 0.1, (0.1 + 0.1 + 0.1) / 3])).toMatchObject({ squares: 0 });
  });
});

describe('ratioEvidence', () => {
  const weights = [0.4, 0.4, 0.2];

  it.each([
    [[1, 0, 0], -1.0986123, -0.9162907],
    [[1, 1, 0], -2.4849066, -1.8325815],
    [[2, 1, 0], -3.4011974, -2.7488722],
    [[2, 2, 0], -4.4998097, -3.6651629],
    [[2, 2, 1], -6.4457198, -5.2746008],
  ])('after %p', (seen, logMarginal, logNull) => {
    const evidence = ratioEvidence(seen, weights);
    expect(evidence.logMarginal).toBeCloseTo(logMarginal, 6);
    expect(evidence.logNull).toBeCloseTo(logNull, 6);
    expect(evidence.pValue).toBeCloseTo(Math.min(1, Math.exp(logNull - logMarginal)), 6);
  });

  it('finds 51 % of 100,000 units where 50 % were planned, and nothing in 50.1 %', () => {
    expect(ratioEvidence([49_000, 51_000], [1, 1]).pValue).toBeLessThan(0.05);
    expect(ratioEvidence([49_900, 50_100], [1, 1]).pValue).toBe(1);
  });

  it('is certain where an arm without a share has units, and knows no NaN', () => {
    expect(ratioEvidence([5, 1], [1, 0]).pValue).toBe(0);
    expect(ratioEvidence([5, 0], [1, 0]).pValue).toBeLessThanOrEqual(1);
    expect(ratioEvidence([0, 0], [1, 1]).pValue).toBeCloseTo(1, 9);
    expect(ratioEvidence([1e9, 1], [0.99, 0.01]).pValue).toBe(0);
  });
});

/** The formula as published, with its own parameters g, h, r and v and another implementation of ln Γ. */
function martingale(
  successes: number,
  trials: number,
  share: number,
  { alpha, tOpt }: { readonly alpha: number; readonly tOpt: number },
): number {
  const [g, h] = [share, 1 - share];
  const r = Math.max(bestRho(tOpt * g * h, alpha) - g * h, (g * h) / 1000);
  const s = successes - share * trials;
  const v = g * h * trials;
  const power = (v / (g * h)) * Math.log(g + h);
  return (
    power -
    ((v + h * s) / (h * (g + h))) * Math.log(g) -
    ((v - g * s) / (g * (g + h))) * Math.log(h) +
    logBeta((r + v - g * s) / g, (r + v + h * s) / h) -
    logBeta(r / g, r / h)
  );
}

function logBeta(a: number, b: number): number {
  return jStat.gammaln(a) + jStat.gammaln(b) - jStat.gammaln(a + b);
}
