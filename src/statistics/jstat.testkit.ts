interface Distribution {
  readonly cdf: (x: number, ...parameters: number[]) => number;
  readonly inv: (p: number, ...parameters: number[]) => number;
}

/** The functions of the untyped package that the tests use as a second opinion on distributions. */
interface JStat {
  readonly gammaln: (x: number) => number;
  readonly ibeta: (x: number, a: number, b: number) => number;
  readonly studentt: Distribution;
  readonly binomial: Distribution;
}

export const { jStat } = jest.requireActual<{ readonly jStat: JStat }>('jstat');
