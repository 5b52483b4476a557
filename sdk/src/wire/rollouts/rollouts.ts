import type { RolloutDetail } from './rollout-record.js';

export type RolloutStatus = RolloutDetail['status'];
export type RolloutDirection = 'up' | 'down';

/** The metrics of rollouts. Scores and outcomes use your own names. */
export type RolloutMetricName =
  | 'error_rate'
  | 'schema_valid'
  | 'latency_p50_ms'
  | 'latency_p95_ms'
  | 'cost_usd'
  | 'output_tokens'
  | `score:${string}`
  | `outcome:${string}`;

export interface RolloutMetricRequest {
  readonly metric: RolloutMetricName;
  /** Whether higher or lower is better. */
  readonly direction?: RolloutDirection | null;
  /** The regression that the candidate may show, relative to the control. Default 0. */
  readonly max_regression?: number | null;
  /** The kind of a score or an outcome. */
  readonly kind?: 'yes_no' | 'number' | null;
}

export interface RolloutStepRequest {
  /** The candidate's share of all units: 1 to 50, rising with each step. */
  readonly percent: number;
  /** The minimum duration of the step in minutes. Default 0. */
  readonly hold_min?: number | null;
}

export interface CreateRolloutRequest {
  readonly name: string;
  readonly prompt_name: string;
  readonly environment: string;
  /** Must be the version that the environment's pointer names, which is the default. */
  readonly control?: { readonly version_number: number } | null;
  readonly candidate: { readonly version_number: number };
  readonly unit?: 'unit_key' | null;
  readonly steps: readonly RolloutStepRequest[];
  /** Default 100. */
  readonly min_units?: number | null;
  readonly primary: RolloutMetricRequest;
  readonly guardrails?: readonly RolloutMetricRequest[] | null;
  /** Default 0.05. */
  readonly alpha?: number | null;
  /** Default `roll_back`. */
  readonly on_guardrail?: 'roll_back' | 'pause' | null;
  /** Default `hold`. */
  readonly on_success?: 'apply' | 'hold' | null;
}

export interface RolloutActionRequest {
  readonly reason?: string | null;
}

/** A step that has begun. */
export interface BegunRolloutPhase {
  /** The step, counted from 1. */
  readonly phase: number;
  readonly percent: number;
  readonly started_at: string;
  readonly ended_at: string | null;
}

/** A rollout without its results, which `get` returns. */
export interface Rollout extends Omit<RolloutDetail, 'phases' | 'look_count' | 'looks'> {
  readonly phases: readonly BegunRolloutPhase[];
}

export interface RolloutList {
  readonly rollouts: readonly Rollout[];
  readonly next_cursor: string | null;
}

export interface ListRolloutsQuery {
  readonly status?: RolloutStatus;
  readonly prompt_name?: string;
  readonly environment?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
