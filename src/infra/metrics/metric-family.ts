/** How the values of several processes combine into one. */
export type Merge = 'sum' | 'max' | 'min';

/** One series of a family, or all series of one histogram. */
export interface SeriesReport {
  /** In the order of the family's label names. */
  readonly labels: readonly string[];
  /** One number for a counter or gauge. For a histogram, one per bucket, the open bucket last, and then the sum of the observed values. */
  readonly numbers: readonly number[];
}

/** One process's values of one metric, as plain data that can be sent between processes. */
export interface FamilyReport {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labelNames: readonly string[];
  /** Upper bounds of a histogram's buckets, without the open one; empty otherwise. */
  readonly bounds: readonly number[];
  readonly merge: Merge;
  /** The most label sets, not counting those of `other`. */
  readonly mostSets: number;
  /**
   * The labels, in order, that replace those of all sets beyond `mostSets`. `null` keeps the label, and a leading `?` keeps its first
   * character: `?xx` makes `5xx` of `503`.
   */
  readonly other: readonly (string | null)[];
  readonly series: readonly SeriesReport[];
}

export interface FamilyOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  readonly mostSets?: number;
  readonly other?: readonly (string | null)[];
}

/** A number that grows. Callers keep the object and add to `value`, which needs no look-up and no call. */
export class CounterSeries {
  value = 0;

  get numbers(): number[] {
    return [this.value];
  }
}

/** Counts values by bucket. */
export class HistogramSeries {
  private readonly counts: number[];
  private sum = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let at = 0;
    // There are about ten bounds, so a linear scan is as fast as a binary search.
    while (at < bounds.length && value > (bounds[at] as number)) at += 1;
    counts[at] = (counts[at] as number) + 1;
    this.sum += value;
  }

  get numbers(): number[] {
    return [...this.counts, this.sum];
  }
}

/**
 * One metric with all its label sets. A set is created on first use, and frequent callers keep its series. Sets beyond `mostSets` share
 * those of `other`, so that no client can make a process remember and send ever more.
 */
export class MetricFamily<Series extends { readonly numbers: number[] }> {
  private readonly sets = new Map<string, { readonly labels: readonly string[]; readonly series: Series }>();
  private named = 0;

  constructor(
    readonly type: 'counter' | 'histogram',
    private readonly options: FamilyOptions,
    private readonly make: () => Series,
    private readonly bounds: readonly number[] = [],
  ) {}

  /** @param labels in the order of the label names. */
  with(...labels: readonly string[]): Series {
    const known = this.sets.get(joinLabels(labels));
    if (known !== undefined) return known.series;
    const { mostSets = 1, other = [] } = this.options;
    const folded = foldLabels(labels, other);
    if (this.named >= mostSets && joinLabels(folded) !== joinLabels(labels)) return this.with(...folded);
    if (joinLabels(folded) !== joinLabels(labels)) this.named += 1;
    const series = this.make();
    this.sets.set(joinLabels(labels), { labels, series });
    return series;
  }

  report(): FamilyReport {
    const { name, help, labelNames = [], mostSets = 1, other = [] } = this.options;
    const series = [...this.sets.values()].map(({ labels, series: { numbers } }) => ({ labels, numbers }));
    const { type, bounds } = this;
    return { name, help, type, labelNames, bounds, merge: 'sum', mostSets, other, series };
  }
}

export function counterFamily(options: FamilyOptions): MetricFamily<CounterSeries> {
  return new MetricFamily('counter', options, () => new CounterSeries());
}

export function histogramFamily(
  options: FamilyOptions & { readonly bounds: readonly number[] },
): MetricFamily<HistogramSeries> {
  const { bounds } = options;
  return new MetricFamily('histogram', options, () => new HistogramSeries(bounds), bounds);
}

export function joinLabels(labels: readonly string[]): string {
  return labels.join('\0');
}

/** Returns the set that replaces this one once there are too many. Without `other` that is the set itself, because such sets are few. */
export function foldLabels(labels: readonly string[], other: readonly (string | null)[]): readonly string[] {
  if (other.length === 0) return labels;
  return labels.map((label, index) => other[index]?.replace(/^\?/, label.charAt(0)) ?? label);
}
