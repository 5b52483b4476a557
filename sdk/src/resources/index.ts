export { AnalyticsResource } from './analytics.js';
export { BatchesResource } from './batches.js';
export { ExecutionsResource } from './executions.js';
export { KeysResource } from './keys.js';
export { ModelsResource } from './models.js';
export { PromptsResource } from './prompts.js';
export { TrackingResource } from './tracking.js';
export { VersionsResource } from './versions.js';
