export { AnalyticsHttpModule, AnalyticsModule } from './analytics.module.js';
export { ExecutionCounts } from './counts/execution-counts.js';
export type { UsageRow } from './execution-usage.repository.js';
