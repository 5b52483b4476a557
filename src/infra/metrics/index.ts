export { type CalledModel, type CountedMode, ExecutionMetrics } from './execution-metrics.js';
export { countSeries, formatReports, METRICS_MEDIA_TYPE } from './format-reports.js';
export { HttpMetrics } from './http-metrics.js';
export { ReportMerger, withoutGauges } from './merge-reports.js';
export type { FamilyReport } from './metric-family.js';
export { Metrics, type MetricSource } from './metrics.js';
export { MetricsModule } from './metrics.module.js';
export { readFamily } from './read-family.js';
export { JournalMetrics, type JournalName, WorkMetrics } from './work-metrics.js';
