import type { Arm } from '../../../bucketing/index.js';
import type { Look } from '../deciding/look.js';
import type { RolloutDefinition } from '../deciding/rollout-definition.js';

/** An execution that belongs to a rollout. It counts for the arm it was assigned to, whatever became of it. */
export interface Exposure {
  readonly kind: 'exposure';
  /** Grows by each exposure and each value of a rollout, in the order in which they were committed. */
  readonly sequence: number;
  readonly executionId: string;
  readonly phase: number;
  readonly arm: Arm;
  /** The hash of the `unit_key`; the execution's own id where it came without. */
  readonly unit: string;
}

/** A value of an execution, which may come days later. */
export interface MetricValue {
  readonly kind: 'value';
  readonly sequence: number;
  readonly executionId: string;
  readonly metric: string;
  /** 1 and 0 for yes and no; otherwise the number, in the unit that the metric's name says. */
  readonly value: number;
}

export type RolloutEvent = Exposure | MetricValue;

export interface RolloutPhase {
  readonly phase: number;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** Everything from which the looks of a rollout follow, and the looks. */
export interface RolloutRecord {
  readonly definition: RolloutDefinition;
  readonly phases: readonly RolloutPhase[];
  /** By sequence. */
  readonly events: readonly RolloutEvent[];
  /** In the order in which they were taken. */
  readonly looks: readonly Look[];
}
