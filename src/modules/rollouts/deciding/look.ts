import type { Arm } from '../../../bucketing/index.js';
import type { Direction, MetricKind } from './rollout-definition.js';

/** Null where the data give no bound on that side, or where there are no data. */
export interface Estimate {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ArmFigures extends Estimate {
  readonly values: number;
  /** Units without a value, which are not failures. */
  readonly missing: number;
}

/** One metric in one look: the data of both arms, the comparison, and the conclusions. */
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
  /** Whether there are enough units to decide anything. */
  readonly isEnough: boolean;
  /** Whether the candidate is worse than `maxRegression` allows, wherever in the bounds the truth lies. */
  readonly isBad: boolean;
  /** Whether the candidate is at most `maxRegression` worse, by the bound on that side. Only for the primary metric. */
  readonly isGood: boolean;
}

export type Decision =
  | { readonly kind: 'continue' }
  | {
      readonly kind: 'guardrail';
      readonly action: 'roll_back' | 'pause';
      /** All bad metrics. */
      readonly metrics: readonly string[];
    }
  | { readonly kind: 'next_step'; readonly phase: number }
  | { readonly kind: 'success'; readonly action: 'apply' | 'hold' };

/** A look: the figures seen, and the decision. Stored as plain JSON, and recomputed by `verifyLooks`. */
export interface Look {
  readonly phase: number;
  readonly at: string;
  readonly elapsedMin: number;
  readonly lastSequence: number;
  /** The share of alpha for each test of this rollout. */
  readonly alphaPerTest: number;
  readonly units: Readonly<Record<Arm, number>>;
  readonly executions: Readonly<Record<Arm, number>>;
  /** The p-value of the split of all units between the arms: the lowest of this step so far. */
  readonly ratioPValue: number;
  /** The primary metric first, then the guardrails in the order of the request. */
  readonly comparisons: readonly Comparison[];
  readonly decision: Decision;
}
