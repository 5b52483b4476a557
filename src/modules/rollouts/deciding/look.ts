import type { Arm } from '../../../bucketing/index.js';
import type { Direction, MetricKind } from './rollout-definition.js';

/** Null where the data bound nothing on that side, or where there are none. */
export interface Estimate {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ArmFigures extends Estimate {
  readonly values: number;
  /** Units without a value. That is not the same as a failure. */
  readonly missing: number;
}

/** One metric in one look: what both arms have, what that makes of them, and what follows. */
export interface Comparison {
  readonly metric: string;
  readonly role: 'primary' | 'guardrail';
  readonly kind: MetricKind;
  readonly direction: Direction;
  readonly maxRegression: number;
  readonly arms: Readonly<Record<Arm, ArmFigures>>;
  readonly effect: {
    /** candidate − control. */
    readonly absolute: Estimate;
    /** (candidate − control) / |control|. */
    readonly relative: Estimate;
  };
  /** The p-value of the split of missing units between the arms, at this look alone. */
  readonly missingPValue: number;
  /** Whether there are units enough to decide anything. */
  readonly isEnough: boolean;
  /** Whether the candidate is worse than `maxRegression` allows, whatever the truth within the bounds is. */
  readonly isBad: boolean;
  /** Whether the candidate is at most `maxRegression` worse, by the bound on that one side. Only of the primary metric. */
  readonly isGood: boolean;
}

export type Decision =
  | { readonly kind: 'continue' }
  | {
      readonly kind: 'guardrail';
      readonly action: 'roll_back' | 'pause';
      /** All that are bad. */
      readonly metrics: readonly string[];
    }
  | { readonly kind: 'next_step'; readonly phase: number }
  | { readonly kind: 'success'; readonly action: 'apply' | 'hold' };

/** A look: the figures seen, and the decision. Plain JSON, stored as it is and computed again by `verifyLooks`. */
export interface Look {
  readonly phase: number;
  readonly at: string;
  readonly elapsedMin: number;
  readonly lastSequence: number;
  /** The share of alpha that each test of this rollout has. */
  readonly alphaPerTest: number;
  readonly units: Readonly<Record<Arm, number>>;
  readonly executions: Readonly<Record<Arm, number>>;
  /** The p-value of the split of all units between the arms: the least of this step so far. */
  readonly ratioPValue: number;
  /** The primary metric first, then the guardrails as they were asked for. */
  readonly comparisons: readonly Comparison[];
  readonly decision: Decision;
}
