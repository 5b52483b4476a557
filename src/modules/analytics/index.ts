export { AnalyticsHttpModule, AnalyticsModule } from './analytics.module.js';
export { ExecutionCounts } from './counts/execution-counts.js';
export type { UsageRow } from './counts/execution-usage.repository.js';
