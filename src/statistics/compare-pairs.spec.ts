import fc from 'fast-check';
import { comparePairs, type Pair } from './compare-pairs.js';
import { pairedT } from './paired-t.js';
import { hodgesLehmannInterval, wilcoxonSignedRank } from './wilcoxon-signed-rank.js';

const MARGIN = 0.05;

/** Pass/fail pairs with this many wins, losses and ties. */
function flips(wins: number, losses: number, ties: number): Pair[] {
  return [
    ...Array<Pair>(wins).fill({ baseline: 0, candidate: 1 }),
    ...Array<Pair>(losses).fill({ baseline: 1, candidate: 0 }),
    ...Array<Pair>(ties).fill({ baseline: 1, candidate: 1 }),
  ];
}

function pairsOf(differences: readonly number[], baseline = 0.4): Pair[] {
  return differences.map((difference) => ({ baseline, candidate: baseline + difference }));
}

/** Enumerates all signs that the ranks may have. */
function countAllSigns(differences: readonly number[]): number {
  const sizes = differences.filter((each) => each !== 0);
  const rankOf = (size: number) =>
    sizes.filter((each) => Math.abs(each) < size).length +
    (sizes.filter((each) => Math.abs(each) === size).length + 1) / 2;
  const ranks = sizes.map((each) => rankOf(Math.abs(each)));
  const sumOf = (isPositive: (at: number) => boolean) =>
    ranks.reduce((sum, rank, at) => sum + (isPositive(at) ? rank : 0), 0);
  const seen = sumOf((at) => (sizes[at] as number) > 0);
  const all = 2 ** sizes.length;
  let [below, above] = [0, 0];
  for (let signs = 0; signs < all; signs += 1) {
    const sum = sumOf((at) => ((signs >> at) & 1) === 1);
    if (sum <= seen) below += 1;
    if (sum >= seen) above += 1;
  }
  return Math.min(1, (2 * Math.min(below, above)) / all);
}

describe('wilcoxonSignedRank', () => {
  it('counts every sign that the ranks may have', () => {
    const difference = fc.integer({ min: -4, max: 4 });
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 11 }), (differences) => {
        expect(wilcoxonSignedRank(differences).pValue).toBeCloseTo(countAllSigns(differences), 10);
      }),
    );
  });

  it.each([
    [[1, 2, 3, 4, 5, 6], 0.03125],
    [[-1, -2, -3, -4, -5, -6], 0.03125],
    [[1, 2, 3, 4, 5], 0.0625],
    // Wilcoxon's table (1945): at n = 8 a sum of 3 has p = 10/256.
    [[-1, -2, 3, 4, 5, 6, 7, 8], 0.0390625],
    [[], 1],
    [[0, 0, 0], 1],
  ])('of %j is %d', (differences, expected) => {
    expect(wilcoxonSignedRank(differences).pValue).toBeCloseTo(expected, 12);
  });

  it('refuses what would take too long', () => {
    expect(() => wilcoxonSignedRank(Array<number>(201).fill(1))).toThrow(RangeError);
  });
});

describe('hodgesLehmannInterval', () => {
  it('is the range of all averages for 6 differences, and unknown for fewer', () => {
    expect(hodgesLehmannInterval([1, 2, 3, 4, 5, 6])).toEqual([1, 6]);
    expect(hodgesLehmannInterval([1, 2, 3, 4, 5])).toBeNull();
    expect(hodgesLehmannInterval([])).toBeNull();
  });

  it('leaves out as many at each end as the tables say', () => {
    // n = 8: a sum of at most 3 has 0.0195, of at most 4 0.0273; hence the fourth from either end.
    const averages = [1, 2, 4, 8, 16, 32, 64, 128]
      .flatMap((one, at, all) => all.slice(at).map((other) => (one + other) / 2))
      .sort((one, other) => one - other);
    expect(hodgesLehmannInterval([1, 2, 4, 8, 16, 32, 64, 128])).toEqual([averages[3], averages.at(-4)]);
  });
});

describe('pairedT', () => {
  it('is that of a textbook', () => {
    // Student's data on sleep (1908): t = 4.0621, df = 9, p = 0.002833, interval 0.7001 to 2.4599.
    const t = pairedT([1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]);
    expect(t?.pValue).toBeCloseTo(0.00283289, 8);
    expect(t?.interval[0]).toBeCloseTo(0.7001142, 6);
    expect(t?.interval[1]).toBeCloseTo(2.4598858, 6);
  });

  it('knows no doubt where all are equal, and nothing of one', () => {
    expect(pairedT([0, 0, 0])).toEqual({ pValue: 1, interval: [0, 0] });
    expect(pairedT([2, 2, 2])).toEqual({ pValue: 0, interval: [2, 2] });
    expect(pairedT([1])).toBeNull();
  });
});

describe('comparePairs', () => {
  it.each([
    { pairs: flips(0, 5, 35), verdict: 'cannot_tell' },
    { pairs: flips(0, 6, 34), verdict: 'worse' },
    { pairs: flips(6, 0, 34), verdict: 'better' },
    { pairs: flips(2, 8, 90), verdict: 'cannot_tell' },
    { pairs: flips(0, 0, 20), verdict: 'cannot_tell' },
    { pairs: flips(0, 0, 64), verdict: 'no_difference' },
    { pairs: flips(20, 20, 960), verdict: 'no_difference' },
    { pairs: [], verdict: 'cannot_tell' },
    { pairs: flips(1, 0, 0), verdict: 'cannot_tell' },
  ])('tests pass and fail: $verdict', ({ pairs, verdict }) => {
    expect(comparePairs(pairs, MARGIN)).toMatchObject({ method: 'mcnemar_exact', verdict, n: pairs.length });
  });

  it('counts wins and losses of the candidate, with its interval and p', () => {
    const compared = comparePairs(flips(2, 8, 90), MARGIN);
    expect(compared).toMatchObject({
      n: 100,
      wins: 2,
      losses: 8,
      ties: 90,
      pValue: expect.closeTo(0.109375, 9),
    });
    expect(compared.delta).toBeCloseTo(-0.06, 12);
    expect(compared.interval?.[0]).toBeCloseTo(-0.121523, 6);
    expect(compared.interval?.[1]).toBeCloseTo(0.003876, 6);
  });

  it.each([
    [29, 'wilcoxon'],
    [30, 'paired_t'],
  ])('takes numbers of %d items to the test %s', (n, method) => {
    const differences = Array.from({ length: n }, (_, at) => (at % 7) / 100);
    expect(comparePairs(pairsOf(differences), MARGIN)).toMatchObject({ method, verdict: 'better' });
    const down = differences.map((each) => -each);
    expect(comparePairs(pairsOf(down), MARGIN)).toMatchObject({ method, verdict: 'worse' });
  });

  it('takes no rounding for a difference', () => {
    const pairs = Array<Pair>(40).fill({ baseline: 0.3, candidate: 0.1 + 0.2 });
    expect(comparePairs(pairs, MARGIN)).toMatchObject({ ties: 40, pValue: 1, verdict: 'no_difference' });
  });

  it('calls a difference none only within its margin', () => {
    const wobble = Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 0.04 : -0.04));
    expect(comparePairs(pairsOf(wobble), 0.05).verdict).toBe('no_difference');
    expect(comparePairs(pairsOf(wobble), 0.001).verdict).toBe('cannot_tell');
  });

  it('follows what the test looks at, where one item pulls the mean the other way', () => {
    const pairs = pairsOf([-9, ...Array.from({ length: 12 }, (_, at) => 0.1 + at / 100)]);
    const compared = comparePairs(pairs, MARGIN);
    expect(compared.delta).toBeLessThan(0);
    expect(compared).toMatchObject({ method: 'wilcoxon', verdict: 'better' });
  });

  it('says nothing that is not a number, and turns round with its sides', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    const pair = fc.record({ baseline: value, candidate: value });
    const opposite = {
      better: 'worse',
      worse: 'better',
      no_difference: 'no_difference',
      cannot_tell: 'cannot_tell',
    };
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 45 }), (pairs) => {
        const compared = comparePairs(pairs, MARGIN);
        const numbers = [compared.pValue, compared.delta ?? 0, ...(compared.interval ?? [])];
        expect(numbers.every(Number.isFinite)).toBe(true);
        expect(compared.wins + compared.losses + compared.ties).toBe(pairs.length);
        const turned = comparePairs(
          pairs.map(({ baseline, candidate }) => ({ baseline: candidate, candidate: baseline })),
          MARGIN,
        );
        expect(turned.verdict).toBe(opposite[compared.verdict]);
        expect([turned.wins, turned.losses]).toEqual([compared.losses, compared.wins]);
      }),
    );
  });

  it('holds for a hundred thousand items', () => {
    const pairs = Array.from({ length: 100_000 }, (_, at) => ({
      baseline: 0.5,
      candidate: 0.5 + ((at % 5) - 2) / 10,
    }));
    expect(comparePairs(pairs, MARGIN)).toMatchObject({ method: 'paired_t', verdict: 'no_difference' });
  });
});
