export type RolloutArm = 'control' | 'candidate';

export interface RolloutEstimate {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface RolloutArmFigures extends RolloutEstimate {
  readonly values: number;
  readonly missing: number;
}

export interface RolloutComparison {
  readonly metric: string;
  readonly role: 'primary' | 'guardrail';
  readonly kind: 'yes_no' | 'number' | 'quantile';
  readonly direction: 'up' | 'down';
  readonly max_regression: number;
  readonly arms: Readonly<Record<RolloutArm, RolloutArmFigures>>;
  readonly effect: { readonly absolute: RolloutEstimate; readonly relative: RolloutEstimate };
  readonly missing_p_value: number;
  readonly is_enough: boolean;
  readonly is_bad: boolean;
  readonly is_good: boolean;
}

export interface RolloutDecision {
  readonly kind: 'continue' | 'guardrail' | 'next_step' | 'success';
  /** The resulting action, for a guardrail and for success. */
  readonly action?: 'roll_back' | 'pause' | 'apply' | 'hold';
  /** The metrics that failed, for a guardrail. */
  readonly metrics?: readonly string[];
  /** The next step. */
  readonly phase?: number;
}

/** A look at a rollout: the figures and the decision. */
export interface RolloutLook {
  readonly look: number;
  /** Counts from 1. */
  readonly phase: number;
  readonly at: string;
  readonly elapsed_min: number;
  /** The last event that the look included. */
  readonly last_sequence: number;
  readonly alpha_per_test: number;
  readonly units: Readonly<Record<RolloutArm, number>>;
  readonly executions: Readonly<Record<RolloutArm, number>>;
  readonly ratio_p_value: number;
  /** The primary metric first. */
  readonly comparisons: readonly RolloutComparison[];
  readonly decision: RolloutDecision;
}

export interface RolloutLookList {
  /** Newest first. */
  readonly looks: readonly RolloutLook[];
  readonly next_cursor: string | null;
}

export interface RolloutExposure {
  readonly kind: 'exposure';
  readonly sequence: number;
  readonly execution_id: string;
  readonly phase: number;
  readonly arm: RolloutArm;
  /** The HMAC of the `unit_key`, or the execution's own id for a request without a key. */
  readonly unit: string;
  readonly status: 'succeeded' | 'failed' | 'canceled';
  readonly cached: boolean;
  readonly fallback: boolean;
}

export interface RolloutValue {
  readonly kind: 'value';
  readonly sequence: number;
  readonly execution_id: string;
  readonly metric: string;
  readonly value: number;
  readonly delay_ms: number | null;
}

export interface RolloutEventList {
  /** In order. */
  readonly events: readonly (RolloutExposure | RolloutValue)[];
  readonly next_cursor: string | null;
}

export interface RolloutMetric {
  readonly metric: string;
  readonly kind: 'yes_no' | 'number' | 'quantile';
  readonly direction: 'up' | 'down';
  readonly max_regression: number;
}

export interface RolloutDelay {
  readonly median_ms: number;
  readonly p95_ms: number;
  readonly max_ms: number;
}

export interface RolloutArmTotals {
  readonly units: number;
  readonly executions: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  readonly cached: number;
  readonly fallbacks: number;
  readonly without_unit_key: number;
}

/** A step that has begun, with all values so far. */
export interface RolloutPhase {
  readonly phase: number;
  readonly percent: number;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly alpha_per_test: number;
  readonly arms: Readonly<Record<RolloutArm, RolloutArmTotals>>;
  readonly ratio_p_value: number;
  readonly comparisons: readonly (RolloutComparison & {
    /** The delays of scores and outcomes. */
    readonly delays: Readonly<Record<RolloutArm, RolloutDelay | null>> | null;
  })[];
}

/** A rollout with its results. */
export interface RolloutDetail {
  readonly rollout_id: string;
  readonly name: string;
  readonly status: 'draft' | 'running' | 'paused' | 'completed' | 'rolled_back' | 'stopped';
  readonly prompt_name: string;
  readonly environment: string;
  readonly control: { readonly version_number: number; readonly checksum_hash: string };
  readonly candidate: { readonly version_number: number; readonly checksum_hash: string };
  readonly unit: 'unit_key';
  readonly steps: readonly { readonly percent: number; readonly hold_min: number }[];
  readonly min_units: number;
  readonly primary: RolloutMetric;
  readonly guardrails: readonly RolloutMetric[];
  readonly alpha: number;
  readonly on_guardrail: 'roll_back' | 'pause';
  readonly on_success: 'apply' | 'hold';
  readonly phase: number | null;
  readonly percent: number;
  readonly phases: readonly RolloutPhase[];
  readonly change_id: string | null;
  readonly created_by: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly status_at: string;
  readonly status_by: string;
  readonly status_reason: string | null;
  /** Warnings about settings that are allowed but probably not intended, such as variables that only the candidate uses. */
  readonly warnings: readonly string[];
  readonly look_count: number;
  /** The latest 20, newest first. */
  readonly looks: readonly RolloutLook[];
}
