import { ApiProperty } from '@nestjs/swagger';
import { ROLLOUT_STATUSES, type RolloutStatus } from '../../../entities/index.js';
import { ApiId, ApiInteger, ApiTime } from '../../../infra/http/index.js';
import { METRIC_KINDS, type MetricKind } from '../deciding/rollout-definition.js';
import { DIRECTIONS, ON_GUARDRAIL, ON_SUCCESS, UNITS } from './rollouts.dto.js';

export class RolloutArmDto {
  /** Number of the version. */
  @ApiInteger()
  version_number!: number;

  /** The checksum of its content. */
  checksum_hash!: string;
}

export class ShownStepDto {
  /** The candidate's share of all units, in percent. */
  percent!: number;

  /** Minutes for which the step lasts at least. */
  hold_min!: number;
}

export class ShownMetricDto {
  /** The metric. */
  metric!: string;

  /** The kind of the metric, which decides about its statistics. */
  @ApiProperty({ enum: METRIC_KINDS })
  kind!: MetricKind;

  /** Which way is better. */
  @ApiProperty({ enum: DIRECTIONS })
  direction!: (typeof DIRECTIONS)[number];

  /** The regression that is allowed to the candidate, relative to the control. */
  max_regression!: number;
}

export class RolloutPhaseDto {
  /** Which step, from 1. */
  @ApiInteger()
  phase!: number;

  /** The candidate's share of all units, in percent. */
  percent!: number;

  /** When it began. */
  @ApiTime()
  started_at!: string;

  /** When it ended; null while it lasts. */
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

  /** The environment in which it is tried. */
  environment!: string;

  /** The version that the candidate is compared with. */
  control!: RolloutArmDto;

  /** The version that is tried. */
  candidate!: RolloutArmDto;

  /** The unit that stays with one arm. */
  @ApiProperty({ enum: UNITS })
  unit!: (typeof UNITS)[number];

  /** The steps that were asked for. */
  steps!: ShownStepDto[];

  /** The number of units that each arm has to have before anything is decided. */
  @ApiInteger()
  min_units!: number;

  /** The metric that the candidate is judged by. */
  primary!: ShownMetricDto;

  /** The metrics by which the candidate must not be worse. */
  guardrails!: ShownMetricDto[];

  /** The chance of a wrong roll-back. */
  alpha!: number;

  /** The reaction to a bad guardrail. */
  @ApiProperty({ enum: ON_GUARDRAIL })
  on_guardrail!: (typeof ON_GUARDRAIL)[number];

  /** The reaction when the candidate is good in the last step. */
  @ApiProperty({ enum: ON_SUCCESS })
  on_success!: (typeof ON_SUCCESS)[number];

  /** The step that it is in, or that it ended in, from 1; null before it starts. */
  @ApiProperty({ type: 'integer', nullable: true })
  phase!: number | null;

  /** The share of all units that the candidate gets at this moment, in percent: 0 unless it runs. */
  percent!: number;

  /** The steps that have begun. */
  phases!: RolloutPhaseDto[];

  /** The change that it was approved by; null where none was needed. */
  @ApiProperty({ format: 'uuid', nullable: true })
  change_id!: string | null;

  /** The name of the caller who asked for it. */
  created_by!: string;

  /** When it was asked for. */
  @ApiTime()
  created_at!: string;

  /** When it started; null before. */
  @ApiTime()
  started_at!: string | null;

  /** When it ended; null before. */
  @ApiTime()
  ended_at!: string | null;

  /** When it came to its status. */
  @ApiTime()
  status_at!: string;

  /** The name of the caller who brought it there; `system` for what it does by itself. */
  status_by!: string;

  /** Why; null when nothing was said. */
  status_reason!: string | null;

  /** Hints at what is allowed and probably not meant, such as variables that only the candidate uses. */
  warnings!: string[];
}

export class RolloutListDto {
  /** Newest first. */
  rollouts!: RolloutDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}
