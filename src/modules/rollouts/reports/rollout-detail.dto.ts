import { ApiProperty } from '@nestjs/swagger';
import { ApiInteger } from '../../../infra/http/index.js';
import { RolloutDto, RolloutPhaseDto } from '../lifecycle/rollout.dto.js';
import { MetricComparisonDto, LookDto } from '../record/looks.dto.js';

export class DelayDto {
  /** The median. */
  median_ms!: number;

  /** The 95th percentile. */
  p95_ms!: number;

  /** The maximum. */
  max_ms!: number;
}

export class ArmDelaysDto {
  /** The delays of the control; null without values. */
  @ApiProperty({ type: DelayDto, nullable: true })
  control!: DelayDto | null;

  /** The delays of the candidate; null without values. */
  @ApiProperty({ type: DelayDto, nullable: true })
  candidate!: DelayDto | null;
}

export class ComparedMetricDto extends MetricComparisonDto {
  /** The times from the ends of executions to their values; null for metrics of the executions themselves. */
  @ApiProperty({ type: ArmDelaysDto, nullable: true })
  delays!: ArmDelaysDto | null;
}

export class ArmTotalsDto {
  /** Distinct units. */
  @ApiInteger()
  units!: number;

  /** Executions, however they ended. */
  @ApiInteger()
  executions!: number;

  /** Executions that succeeded. */
  @ApiInteger()
  succeeded!: number;

  /** Executions that failed. */
  @ApiInteger()
  failed!: number;

  /** Executions that were canceled, which count neither as a success nor as an error. */
  @ApiInteger()
  canceled!: number;

  /** Executions that the response cache answered. */
  @ApiInteger()
  cached!: number;

  /** Executions that a fallback model answered instead of the first choice. */
  @ApiInteger()
  fallbacks!: number;

  /** Executions without a `unit_key`, each of which is a unit. */
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
  /** The share of the rollout's `alpha` for each test. Guardrails and steps share it equally. */
  alpha_per_test!: number;

  /** The numbers of units and executions of each arm. */
  arms!: PhaseArmsDto;

  /** Whether the split is as planned: the lowest p-value of the step so far. Below 0.001, something loses units. */
  ratio_p_value!: number;

  /** The primary metric first, then the guardrails, with all values received so far, including those after the step ended. */
  @ApiProperty({ type: [ComparedMetricDto] })
  comparisons!: ComparedMetricDto[];
}

export class RolloutDetailDto extends RolloutDto {
  /** The steps that have begun, each with its own figures. */
  @ApiProperty({ type: [PhaseFiguresDto] })
  declare phases: PhaseFiguresDto[];

  /** The total number of looks. */
  @ApiInteger()
  look_count!: number;

  /** The latest looks, newest first, at most 20. `GET /v1/rollouts/{rollout_id}/looks` has all. */
  @ApiProperty({ type: [LookDto] })
  looks!: LookDto[];
}
