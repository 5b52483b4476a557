/** Rollouts: who gets the candidate, and what a look at the two arms decides. Pure so far: figures in, decisions out. */
export { type Arm, ARMS, assignArm, bucketUnit, fnv1a32 } from './bucketing/bucket.js';
export { hashUnitKey, MAX_UNIT_KEY_CHARS } from './bucketing/hash-unit-key.js';
export { decideLook } from './deciding/decide-look.js';
export type { ArmFigures, Comparison, Decision, Estimate, Look } from './deciding/look.js';
export type { ArmState, MetricValues, PhaseState } from './deciding/phase-state.js';
export {
  type Direction,
  METRIC_KINDS,
  type MetricKind,
  type MetricOptions,
  type MetricRule,
  resolveMetric,
  type RolloutDefinition,
  type RolloutStep,
  splitAlpha,
} from './deciding/rollout-definition.js';
export { PhaseTally } from './record/phase-tally.js';
export type {
  Exposure,
  MetricValue,
  RolloutEvent,
  RolloutPhase,
  RolloutRecord,
} from './record/rollout-record.js';
export {
  type LookDifference,
  recomputeLooks,
  type Verification,
  verifyLooks,
} from './record/verify-looks.js';
