import { type FamilyReport, foldLabels, joinLabels, type Merge, type SeriesReport } from './metric-family.js';

const MERGE: Readonly<Record<Merge, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

/**
 * Merges the reports of several processes into one. It remembers which label sets have a name of their own, because each process names the
 * first ones that it meets, and together they would exceed the limit. A set must keep its name, or its counter would seem to start again.
 */
export class ReportMerger {
  private readonly named = new Map<string, Set<string>>();

  merge(reports: readonly (readonly FamilyReport[])[]): FamilyReport[] {
    const families = new Map<string, FamilyReport[]>();
    for (const family of reports.flat()) {
      families.set(family.name, [...(families.get(family.name) ?? []), family]);
    }
    return [...families.values()].map((parts) =>
      this.mergeFamily(parts as [FamilyReport, ...FamilyReport[]]),
    );
  }

  private mergeFamily(parts: readonly [FamilyReport, ...FamilyReport[]]): FamilyReport {
    const [first] = parts;
    const combine = MERGE[first.merge];
    const merged = new Map<string, SeriesReport>();
    for (const { labels: own, numbers } of parts.flatMap(({ series }) => series)) {
      const labels = this.chooseName(first, own);
      const key = joinLabels(labels);
      const before = merged.get(key)?.numbers;
      const sum = numbers.map((number, at) =>
        before === undefined ? number : combine(before[at] ?? 0, number),
      );
      merged.set(key, { labels, numbers: sum });
    }
    return { ...first, series: [...merged.values()] };
  }

  private chooseName({ name, mostSets, other }: FamilyReport, labels: readonly string[]): readonly string[] {
    const folded = foldLabels(labels, other);
    const key = joinLabels(labels);
    if (joinLabels(folded) === key) return labels;
    const named = this.named.get(name) ?? new Set();
    this.named.set(name, named);
    if (!named.has(key) && named.size >= mostSets) return folded;
    named.add(key);
    return labels;
  }
}

/** Keeps the counters of a process that has ended. Its gauges ended with it. */
export function withoutGauges(report: readonly FamilyReport[]): FamilyReport[] {
  return report.filter(({ type }) => type !== 'gauge');
}
