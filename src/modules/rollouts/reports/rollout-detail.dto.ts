import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../../../infra/http/index.js';
import { RolloutDto, RolloutPhaseDto } from '../lifecycle/rollout.dto.js';
import { MetricComparisonDto, LookDto } from '../record/looks.dto.js';

export class DelayDto {
  /** The median. */
  median_ms!: number;

  /** The 95th percentile. */
  p95_ms!: number;

  /** The longest. */
  max_ms!: number;
}

export class ArmDelaysDto {
  /** The delays of the control; null where nothing came. */
  @ApiProperty({ type: DelayDto, nullable: true })
  control!: DelayDto | null;

  /** The delays of the candidate; null where nothing came. */
  @ApiProperty({ type: DelayDto, nullable: true })
  candidate!: DelayDto | null;
}

export class ComparedMetricDto extends MetricComparisonDto {
  /** The times from the ends of executions to their values; null for metrics that executions bring along. */
  @ApiProperty({ type: ArmDelaysDto, nullable: true })
  delays!: ArmDelaysDto | null;
}

export class ArmTotalsDto {
  /** Different units. */
  @ApiInteger()
  units!: number;

  /** Executions, however they ended. */
  @ApiInteger()
  executions!: number;

  /** The number of these that succeeded. */
  @ApiInteger()
  succeeded!: number;

  /** The number that failed. */
  @ApiInteger()
  failed!: number;

  /** The number that were canceled: neither a success nor an error. */
  @ApiInteger()
  canceled!: number;

  /** The number that the response cache answered. */
  @ApiInteger()
  cached!: number;

  /** The number that another model answered than the first that was to be asked. */
  @ApiInteger()
  fallbacks!: number;

  /** The number that came without a `unit_key`, and are a unit each. */
  @ApiInteger()
  without_unit_key!: number;
}

export class PhaseArmsDto {
  /** The totals of the control. */
  control!: ArmTotalsDto;

  /** The totals of the candidate. */
  candidate!: ArmTotalsDto;
}

export class PhaseFiguresDto extends RolloutPhaseDto {
  /** The share of the rollout's `alpha` that each test has: guardrails and steps share it equally. */
  alpha_per_test!: number;

  /** The numbers of units and executions of each arm. */
  arms!: PhaseArmsDto;

  /** Whether the split is as planned: the least p-value of the step so far. Below 0.001, something loses units. */
  ratio_p_value!: number;

  /** The primary metric first, then the guardrails, with all values that have come in, also after the step had ended. */
  @ApiProperty({ type: [ComparedMetricDto] })
  comparisons!: ComparedMetricDto[];
}

export class RolloutDetailDto extends RolloutDto {
  /** The steps that have begun, each with figures of its own. */
  @ApiProperty({ type: [PhaseFiguresDto] })
  declare phases: PhaseFiguresDto[];

  /** The number of looks in all. */
  @ApiInteger()
  look_count!: number;

  /** The latest looks, newest first, 20 at most; `GET /v1/rollouts/{rollout_id}/looks` has all. */
  @ApiProperty({ type: [LookDto] })
  looks!: LookDto[];
}
