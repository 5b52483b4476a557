import fc from 'fast-check';
import { cohensKappa } from './cohens-kappa.js';
import { jStat } from './jstat.testkit.js';
import { mcnemarExact, mcnemarMidP } from './mcnemar-exact.js';
import { pairedShareInterval } from './paired-share-interval.js';
import { passAtK, passHatK } from './pass-at-k.js';
import { wilsonInterval } from './wilson-interval.js';

const count = fc.integer({ min: 0, max: 2000 });

describe('mcnemarExact', () => {
  it.each([
    [121, 59, 4.434449e-6],
    [8, 2, 0.109375],
    [2, 8, 0.109375],
    [15, 5, 0.0413895],
    [16, 6, 0.0524788],
    [4, 0, 0.125],
    [5, 0, 0.0625],
    [0, 6, 0.03125],
    [0, 0, 1],
    [7, 7, 1],
  ])('of %d wins and %d losses is %d', (wins, losses, expected) => {
    expect(Math.abs(mcnemarExact(wins, losses) - expected)).toBeLessThan(1e-6 * Math.min(1, expected * 100));
  });

  it('is close to the binomial distribution of a second opinion', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (wins, losses) => {
        const tail = jStat.binomial.cdf(Math.min(wins, losses), wins + losses, 0.5);
        const expected = wins + losses === 0 ? 1 : Math.min(1, 2 * tail);
        expect(mcnemarExact(wins, losses)).toBeCloseTo(expected, 6);
      }),
    );
  });

  it('is a probability, the same from either side, and the smaller the more uneven', () => {
    fc.assert(
      fc.property(count, count, (wins, losses) => {
        const p = mcnemarExact(wins, losses);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(mcnemarExact(losses, wins)).toBe(p);
        expect(mcnemarMidP(wins, losses)).toBeLessThanOrEqual(p);
        if (wins > losses) expect(mcnemarExact(wins + 1, losses)).toBeLessThanOrEqual(p);
      }),
    );
  });

  it('holds for a hundred thousand items', () => {
    expect(mcnemarExact(50_000, 50_000)).toBe(1);
    // The normal approximation with continuity correction: z = 199/√100000.
    expect(mcnemarExact(50_100, 49_900)).toBeCloseTo(0.52916, 4);
    expect(mcnemarExact(100_000, 0)).toBe(0);
  });

  it('has a mid-p variant', () => {
    expect(mcnemarMidP(16, 6)).toBeCloseTo(0.0346897, 7);
    expect(mcnemarMidP(0, 0)).toBe(1);
  });
});

describe('wilsonInterval', () => {
  it.each([
    [7, 10, 0.396778, 0.892209],
    [95, 100, 0.88825, 0.978456],
    [0, 10, 0, 0.277533],
    [10, 10, 0.722467, 1],
  ])('of %d of %d', (passes, n, low, high) => {
    const interval = wilsonInterval(passes, n);
    expect(interval?.[0]).toBeCloseTo(low, 6);
    expect(interval?.[1]).toBeCloseTo(high, 6);
  });

  it('has the share within it, and stays between 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), share01, (n, share) => {
        const passes = Math.round(n * share);
        const [low, high] = wilsonInterval(passes, n) as readonly [number, number];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(passes / n);
        expect(high).toBeGreaterThanOrEqual(passes / n);
      }),
    );
  });

  it('is unknown without items', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

const share01 = fc.double({ min: 0, max: 1, noNaN: true });

describe('pairedShareInterval', () => {
  it('is that of Agresti and Min', () => {
    const [low, high] = pairedShareInterval(2, 8, 100);
    expect(low).toBeCloseTo(-0.121523, 6);
    expect(high).toBeCloseTo(0.003876, 6);
  });

  it('takes 64 items without a flip, or 440 of which one in ten flips, to rule out a drop of 0.03', () => {
    expect(pairedShareInterval(0, 0, 64)[0]).toBeGreaterThan(-0.03);
    expect(pairedShareInterval(0, 0, 63)[0]).toBeLessThan(-0.03);
    expect(pairedShareInterval(22, 22, 440)[0]).toBeGreaterThan(-0.03);
    expect(pairedShareInterval(22, 22, 430)[0]).toBeLessThan(-0.03);
  });

  it('turns round with its sides', () => {
    fc.assert(
      fc.property(count, count, count, (wins, losses, ties) => {
        const n = wins + losses + ties;
        const [low, high] = pairedShareInterval(wins, losses, n);
        const turned = pairedShareInterval(losses, wins, n);
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(-1);
        expect(turned[0]).toBeCloseTo(-high, 12);
        expect(turned[1]).toBeCloseTo(-low, 12);
      }),
    );
  });
});

describe('pass@k and pass^k', () => {
  it('count draws without putting back', () => {
    expect(passHatK({ n: 10, passes: 7 }, 3)).toBeCloseTo(0.291667, 6);
    expect(passAtK({ n: 10, passes: 7 }, 3)).toBeCloseTo(0.991667, 6);
  });

  it('are the share for one draw, and exact at the ends', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        share01,
        fc.integer({ min: 1, max: 100 }),
        (n, share, wanted) => {
          const passes = Math.round(n * share);
          const k = Math.min(n, wanted);
          expect(passAtK({ n, passes }, 1)).toBeCloseTo(passes / n, 12);
          expect(passHatK({ n, passes }, 1)).toBeCloseTo(passes / n, 12);
          expect(passHatK({ n, passes }, k)).toBeLessThanOrEqual(passAtK({ n, passes }, k) + 1e-12);
          expect([passAtK({ n, passes: 0 }, k), passHatK({ n, passes: 0 }, k)]).toEqual([0, 0]);
          expect([passAtK({ n, passes: n }, k), passHatK({ n, passes: n }, k)]).toEqual([1, 1]);
        },
      ),
    );
  });

  it('are not defined for more draws than tries', () => {
    expect(() => passAtK({ n: 3, passes: 1 }, 4)).toThrow(RangeError);
    expect(() => passHatK({ n: 3, passes: 1 }, 0)).toThrow(RangeError);
  });
});

describe('cohensKappa', () => {
  it('takes chance out of agreement', () => {
    const agreement = cohensKappa([
      [20, 5],
      [10, 15],
    ]);
    expect(agreement?.observed).toBeCloseTo(0.7, 12);
    expect(agreement?.expected).toBeCloseTo(0.5, 12);
    expect(agreement?.kappa).toBeCloseTo(0.4, 12);
  });

  it('is unknown where both are constant, and where nothing was rated', () => {
    expect(cohensKappa([[9]])).toEqual({ observed: 1, expected: 1, kappa: null });
    expect(
      cohensKappa([
        [9, 0],
        [0, 0],
      ])?.kappa,
    ).toBeNull();
    expect(cohensKappa([])).toBeNull();
  });
});
