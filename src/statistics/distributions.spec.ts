import fc from 'fast-check';
import { incompleteBeta } from './incomplete-beta.js';
import { jStat } from './jstat.testkit.js';
import { logGamma } from './log-gamma.js';
import { studentTwoSidedP, studentTwoSidedQuantile } from './student-t.js';

const parameter = fc.double({ min: 0.25, max: 500, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('logGamma', () => {
  it.each([
    [1, 0],
    [2, 0],
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [5, Math.log(24)],
    [11, Math.log(3_628_800)],
  ])('of %d is %d', (x, expected) => {
    expect(logGamma(x)).toBeCloseTo(expected, 12);
  });

  it('agrees with a second opinion', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (x) => {
        const expected = jStat.gammaln(x);
        expect(Math.abs(logGamma(x) - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
      }),
    );
  });
});

describe('incompleteBeta', () => {
  it('agrees with a second opinion, and is symmetric', () => {
    fc.assert(
      fc.property(share, parameter, parameter, (x, a, b) => {
        const value = incompleteBeta(x, a, b);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(value).toBeCloseTo(jStat.ibeta(x, a, b), 6);
        // For smaller x, 1 − x loses x to rounding.
        if (x > 1e-6) expect(value + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 6);
      }),
    );
  });

  it.each([
    [0, 2, 3, 0],
    [1, 2, 3, 1],
    [0.5, 1, 1, 0.5],
    [0.25, 2, 2, 0.15625],
    [0.5, 50_000, 50_000, 0.5],
  ])('at %d with %d and %d is %d', (x, a, b, expected) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(expected, 9);
  });
});

describe("Student's t", () => {
  it.each([
    [1, 12.7062047],
    [29, 2.0452296],
    [99, 1.9842169],
    [99_999, 1.9599877],
  ])('with %d degrees of freedom is exceeded with 5 %% at %d', (df, expected) => {
    expect(studentTwoSidedQuantile(0.05, df)).toBeCloseTo(expected, 6);
    expect(studentTwoSidedP(expected, df)).toBeCloseTo(0.05, 6);
  });

  it('agrees with a second opinion', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 40, noNaN: true }),
        fc.integer({ min: 1, max: 400 }),
        (t, df) => {
          const expected = 2 * jStat.studentt.cdf(-Math.abs(t), df);
          expect(studentTwoSidedP(t, df)).toBeCloseTo(expected, 6);
        },
      ),
    );
  });

  it('knows no doubt and no evidence', () => {
    expect([studentTwoSidedP(Infinity, 3), studentTwoSidedP(0, 3), studentTwoSidedP(NaN, 3)]).toEqual([
      0, 1, 1,
    ]);
  });
});
