import type { Sample } from '../../../statistics/sequential/index.js';
import type { Arm } from '../../../bucketing/index.js';

/** The values of one metric in one arm, one for each unit that has any. */
export type MetricValues =
  | { readonly kind: 'yes_no'; readonly values: number; readonly successes: number }
  | { readonly kind: 'number'; readonly values: number; readonly sample: Sample }
  | { readonly kind: 'quantile'; readonly values: number; readonly sorted: ArrayLike<number> };

export interface ArmState {
  readonly units: number;
  readonly executions: number;
  /** By the name of the metric. */
  readonly metrics: ReadonlyMap<string, MetricValues>;
}

/** One step of a rollout as it is at a look. Nothing of another step is in it. */
export interface PhaseState {
  /** The step, counted from 0. */
  readonly phase: number;
  /** RFC 3339, by the database's clock. */
  readonly at: string;
  readonly elapsedMin: number;
  /** The last score, outcome or exposure that the state knows. */
  readonly lastSequence: number;
  readonly arms: Readonly<Record<Arm, ArmState>>;
  /** The least p-value of the split at an earlier look of this step; 1 at the first. */
  readonly leastRatioPValue: number;
}
