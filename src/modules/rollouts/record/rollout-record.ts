import type { Arm } from '../../../bucketing/index.js';
import type { Look } from '../deciding/look.js';
import type { RolloutDefinition } from '../deciding/rollout-definition.js';

/** An execution that belongs to a rollout. It counts for its assigned arm, however it ended. */
export interface Exposure {
  readonly kind: 'exposure';
  /** Grows with each exposure and each value of a rollout, in commit order. */
  readonly sequence: number;
  readonly executionId: string;
  readonly phase: number;
  readonly arm: Arm;
  /** The hash of the `unit_key`; the execution's own id if it had no key. */
  readonly unit: string;
}

/** A value of an execution, which may arrive days later. */
export interface MetricValue {
  readonly kind: 'value';
  readonly sequence: number;
  readonly executionId: string;
  readonly metric: string;
  /** 1 for yes and 0 for no; otherwise the number, in the unit that the metric's name states. */
  readonly value: number;
}

export type RolloutEvent = Exposure | MetricValue;

export interface RolloutPhase {
  readonly phase: number;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** Everything needed to recompute the looks of a rollout, and the looks. */
export interface RolloutRecord {
  readonly definition: RolloutDefinition;
  readonly phases: readonly RolloutPhase[];
  /** Ordered by sequence. */
  readonly events: readonly RolloutEvent[];
  /** In the order of the looks. */
  readonly looks: readonly Look[];
}
