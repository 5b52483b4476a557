import type { ScorerKind } from '../../entities/index.js';
import type { ModelRefDto, ParamsDto } from '../executions/index.js';

/** A version of a prompt on a model, in the form of the wire, in which it is stored and shown. */
export interface PlannedCandidate {
  readonly label: string;
  readonly prompt_name: string;
  readonly version_number: number;
  readonly version_id: string;
  readonly checksum_hash: string;
  /** One, or several in the order in which they are tried. */
  readonly model: ModelRefDto | readonly ModelRefDto[];
  readonly params: ParamsDto;
}

export interface PlannedScorer {
  readonly name: string;
  readonly version_number: number;
  readonly scorer_version_id: string;
  readonly checksum_hash: string;
  readonly kind: ScorerKind;
}

/** Everything pinned when an experiment was created; nothing of it changes while it runs. */
export interface ExperimentPlan {
  readonly candidates: readonly PlannedCandidate[];
  readonly scorers: readonly PlannedScorer[];
  readonly repetitions: number;
  readonly pass_threshold: number;
  readonly concurrency: number;
  readonly environment: string;
  readonly cache: boolean;
}

/** Rounding must not decide: 2 of 3 passes at a threshold of two thirds, however it is written. */
const TOLERANCE = 1e-9;

/** Whether an item passes when this many repetitions did. */
export function passesItem(
  passes: number,
  { repetitions, pass_threshold: threshold }: ExperimentPlan,
): boolean {
  return passes / repetitions >= threshold - TOLERANCE;
}
