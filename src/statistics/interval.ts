/** The lower and the upper end of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** The 97.5 % quantile of the normal distribution. */
export const Z_95 = 1.959963984540054;
