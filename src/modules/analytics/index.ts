export { AnalyticsHttpModule, AnalyticsModule } from './analytics.module.js';
export { ExecutionCounts } from './execution-counts.js';
