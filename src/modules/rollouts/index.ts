/** Rollouts: starting, stepping and ending them; and the pure function that decides a look at the two arms. */
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
export { RolloutDrafts } from './lifecycle/rollout-drafts.js';
export {
  type ReadRollout,
  type RolloutEnd,
  RolloutTransitions,
  type Transition,
} from './lifecycle/rollout-transitions.js';
export {
  type RolloutRecord as StoredRollout,
  RolloutsRepository,
  type StoredDefinition,
} from './lifecycle/rollouts.repository.js';
export { RolloutsDeciderModule, RolloutsHttpModule, RolloutsModule } from './rollouts.module.js';
