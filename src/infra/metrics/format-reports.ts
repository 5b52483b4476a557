import { type Metric, Registry } from 'prom-client';
import type { FamilyReport, SeriesReport } from './metric-family.js';

interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

export const METRICS_MEDIA_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Returns the text format that Prometheus reads. */
export function formatReports(reports: readonly FamilyReport[]): Promise<string> {
  const registry = new Registry();
  for (const report of reports) {
    const values = report.series.flatMap((series) => listSamples(report, series));
    const { name, help, type } = report;
    // The registry only calls `get` on a metric.
    registry.registerMetric({ name, get: () => ({ name, help, type, values }) } as unknown as Metric);
  }
  return registry.metrics();
}

/** Counts the series of a report the way Prometheus does. */
export function countSeries(reports: readonly FamilyReport[]): number {
  return reports
    .map((report) => report.series.flatMap((series) => listSamples(report, series)).length)
    .reduce((sum, count) => sum + count, 0);
}

function listSamples(
  { name, type, labelNames, bounds }: FamilyReport,
  { labels: own, numbers }: SeriesReport,
): Sample[] {
  const labels = Object.fromEntries(labelNames.map((label, at) => [label, own[at] ?? '']));
  if (type !== 'histogram') return [{ labels, value: numbers[0] ?? 0 }];
  const samples: Sample[] = [];
  let below = 0;
  for (const [at, bound] of [...bounds, '+Inf'].entries()) {
    below += numbers[at] ?? 0;
    samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below });
  }
  samples.push({ metricName: `${name}_sum`, labels, value: numbers[bounds.length + 1] ?? 0 });
  samples.push({ metricName: `${name}_count`, labels, value: below });
  return samples;
}
