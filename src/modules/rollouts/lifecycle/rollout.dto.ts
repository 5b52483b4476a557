import { ApiProperty } from '@nestjs/swagger';
import { ROLLOUT_STATUSES, type RolloutStatus } from '../../../entities/index.js';
import { ApiId, ApiInteger, ApiTime } from '../../../infra/http/index.js';
import { METRIC_KINDS, type MetricKind } from '../deciding/rollout-definition.js';
import { DIRECTIONS, ON_GUARDRAIL, ON_SUCCESS, UNITS } from './rollouts.dto.js';

export class RolloutArmDto {
  /** Number of the version. */
  @ApiInteger()
  version_number!: number;

  /** Checksum of the version's content. */
  checksum_hash!: string;
}

export class ShownStepDto {
  /** The candidate's share of all units, in percent. */
  percent!: number;

  /** Minimum duration of the step in minutes. */
  hold_min!: number;
}

export class ShownMetricDto {
  /** The metric. */
  metric!: string;

  /** The kind of the metric, which determines its statistics. */
  @ApiProperty({ enum: METRIC_KINDS })
  kind!: MetricKind;

  /** The direction that is better. */
  @ApiProperty({ enum: DIRECTIONS })
  direction!: (typeof DIRECTIONS)[number];

  /** How much worse the candidate may be, relative to the control. */
  max_regression!: number;
}

export class RolloutPhaseDto {
  /** Number of the step, from 1. */
  @ApiInteger()
  phase!: number;

  /** The candidate's share of all units, in percent. */
  percent!: number;

  /** When the step began. */
  @ApiTime()
  started_at!: string;

  /** When the step ended; null while it lasts. */
  @ApiTime()
  ended_at!: string | null;
}

export class RolloutDto {
  /** Id of the rollout. */
  @ApiId()
  rollout_id!: string;

  /** The display name. */
  name!: string;

  /** `draft → running ⇄ paused → completed`, or `rolled_back` or `stopped`. */
  @ApiProperty({ enum: ROLLOUT_STATUSES })
  status!: RolloutStatus;

  /** Name of the prompt. */
  prompt_name!: string;

  /** The environment of the rollout. */
  environment!: string;

  /** The version to compare the candidate with. */
  control!: RolloutArmDto;

  /** The version under test. */
  candidate!: RolloutArmDto;

  /** The unit that stays with one arm. */
  @ApiProperty({ enum: UNITS })
  unit!: (typeof UNITS)[number];

  /** The steps of the definition. */
  steps!: ShownStepDto[];

  /** The number of units that each arm needs before anything is decided. */
  @ApiInteger()
  min_units!: number;

  /** The metric that decides about the candidate. */
  primary!: ShownMetricDto;

  /** The metrics in which the candidate must not be worse. */
  guardrails!: ShownMetricDto[];

  /** The probability of a wrong roll-back. */
  alpha!: number;

  /** The reaction to a bad guardrail. */
  @ApiProperty({ enum: ON_GUARDRAIL })
  on_guardrail!: (typeof ON_GUARDRAIL)[number];

  /** The reaction when the candidate is good in the last step. */
  @ApiProperty({ enum: ON_SUCCESS })
  on_success!: (typeof ON_SUCCESS)[number];

  /** The current or final step, from 1; null before the start. */
  @ApiProperty({ type: 'integer', nullable: true })
  phase!: number | null;

  /** The candidate's current share of all units, in percent: 0 unless the rollout runs. */
  percent!: number;

  /** The steps that have begun. */
  phases!: RolloutPhaseDto[];

  /** The change that approved the rollout; null if none was required. */
  @ApiProperty({ format: 'uuid', nullable: true })
  change_id!: string | null;

  /** Name of the caller who created it. */
  created_by!: string;

  /** When the rollout was created. */
  @ApiTime()
  created_at!: string;

  /** When the rollout started; null before. */
  @ApiTime()
  started_at!: string | null;

  /** When the rollout ended; null before. */
  @ApiTime()
  ended_at!: string | null;

  /** When the status last changed. */
  @ApiTime()
  status_at!: string;

  /** Name of the caller who changed the status; `system` for automatic changes. */
  status_by!: string;

  /** The reason for the status; null for none. */
  status_reason!: string | null;

  /** Hints at settings that are allowed but probably not intended, such as variables that only the candidate uses. */
  warnings!: string[];
}

export class RolloutListDto {
  /** Newest first. */
  rollouts!: RolloutDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
