import type { FamilyReport, Merge, SeriesReport } from './metric-family.js';

/** The labels, in the order of the label names, and the value. */
export type Reading = readonly [labels: readonly string[], value: number];

export interface ReadFamilyOptions {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labelNames?: readonly string[];
  /** Default `sum`. */
  readonly merge?: Merge;
}

/** Reports values that are kept elsewhere and read on demand. The label sets are few and fixed. */
export function readFamily(options: ReadFamilyOptions, readings: readonly Reading[]): FamilyReport {
  const { name, help, type, labelNames = [], merge = 'sum' } = options;
  const series = readings.map(([labels, value]): SeriesReport => ({ labels, numbers: [value] }));
  return { name, help, type, labelNames, bounds: [], merge, mostSets: series.length, other: [], series };
}
