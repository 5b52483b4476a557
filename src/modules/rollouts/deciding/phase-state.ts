import type { Sample } from '../../../statistics/sequential/index.js';
import type { Arm } from '../../../bucketing/index.js';

/** The values of one metric in one arm, one for each unit with a value. */
export type MetricValues =
  | { readonly kind: 'yes_no'; readonly values: number; readonly successes: number }
  | { readonly kind: 'number'; readonly values: number; readonly sample: Sample }
  | { readonly kind: 'quantile'; readonly values: number; readonly sorted: ArrayLike<number> };

export interface ArmState {
  readonly units: number;
  readonly executions: number;
  /** Keyed by the name of the metric. */
  readonly metrics: ReadonlyMap<string, MetricValues>;
}

/** One step of a rollout at the time of a look, without the data of other steps. */
export interface PhaseState {
  /** The step, counted from 0. */
  readonly phase: number;
  /** RFC 3339, by the database's clock. */
  readonly at: string;
  readonly elapsedMin: number;
  /** The last score, outcome or exposure included in the state. */
  readonly lastSequence: number;
  readonly arms: Readonly<Record<Arm, ArmState>>;
  /** The lowest p-value of the split in earlier looks of this step; 1 at the first. */
  readonly leastRatioPValue: number;
}
