/** Recomputes looks from plain JSON, for those who have the record but not the service. */
export { resolveMetric, type RolloutDefinition } from '../deciding/rollout-definition.js';
export type { Look } from '../deciding/look.js';
export { compareJson, type JsonDifference } from './compare-json.js';
export { findContradictions } from './find-contradictions.js';
export { listMissingLooks } from './list-missing-looks.js';
export { lookView } from './look-view.js';
export type { RolloutEvent, RolloutPhase, RolloutRecord } from './rollout-record.js';
export { recomputeLooks } from './verify-looks.js';
