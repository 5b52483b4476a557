interface Distribution {
  readonly cdf: (x: number, ...parameters: number[]) => number;
  readonly inv: (p: number, ...parameters: number[]) => number;
}

/** What the tests use of the package, which has no types: a second opinion on distributions. */
interface JStat {
  readonly gammaln: (x: number) => number;
  readonly ibeta: (x: number, a: number, b: number) => number;
  readonly studentt: Distribution;
  readonly binomial: Distribution;
}

export const { jStat } = jest.requireActual<{ readonly jStat: JStat }>('jstat');
