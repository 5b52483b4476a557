import type { ScorerKind } from '../../entities/index.js';
import type { ModelRefDto, ParamsDto } from '../executions/index.js';

/** A prompt version on a model, in the wire form, which is also how it is stored. */
export interface PlannedCandidate {
  readonly label: string;
  readonly prompt_name: string;
  readonly version_number: number;
  readonly version_id: string;
  readonly checksum_hash: string;
  /** One model, or several in the order in which they are tried. */
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

/** Everything pinned when an experiment was created. None of it changes while the experiment runs. */
export interface ExperimentPlan {
  readonly candidates: readonly PlannedCandidate[];
  readonly scorers: readonly PlannedScorer[];
  readonly repetitions: number;
  readonly pass_threshold: number;
  readonly concurrency: number;
  readonly environment: string;
  readonly cache: boolean;
}

/** Keeps rounding from deciding. 2 of 3 passes meet a threshold of two thirds, however it is written. */
const TOLERANCE = 1e-9;

/** Whether an item passes when this many repetitions did. */
export function passesItem(
  passes: number,
  { repetitions, pass_threshold: threshold }: ExperimentPlan,
): boolean {
  return passes / repetitions >= threshold - TOLERANCE;
}
