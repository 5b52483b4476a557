import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { ApiId, ApiInteger, ApiTime, FromText, PageQueryDto, toInteger } from '../../../infra/http/index.js';
import type { Comparison, Decision } from '../deciding/look.js';
import { METRIC_KINDS, type MetricKind } from '../deciding/rollout-definition.js';

const DIRECTIONS = ['up', 'down'] as const;
const ROLES = ['primary', 'guardrail'] as const;
const ARMS = ['control', 'candidate'] as const;
const FINAL = ['succeeded', 'failed', 'canceled'] as const;
const DECISIONS = ['continue', 'guardrail', 'next_step', 'success'] as const;
const ACTIONS = ['roll_back', 'pause', 'apply', 'hold'] as const;
const MOST_EVENTS = 5000;
const DEFAULT_EVENTS = 1000;

export class ListLooksQueryDto extends PageQueryDto {}

export class ListRolloutEventsQueryDto {
  /** The most entries that a page has. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_EVENTS, default: DEFAULT_EVENTS })
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MOST_EVENTS)
  limit: number = DEFAULT_EVENTS;

  /** The `next_cursor` of the page before. Opaque. */
  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsString()
  @MaxLength(2048)
  cursor?: string;
}

export class ArmCountsDto {
  /** The number of the control. */
  @ApiInteger()
  control!: number;

  /** The number of the candidate. */
  @ApiInteger()
  candidate!: number;
}

export class EstimateDto {
  /** The estimate; null without data. */
  @ApiProperty({ type: Number, nullable: true })
  estimate!: number | null;

  /** The lower bound; null where nothing bounds it. */
  @ApiProperty({ type: Number, nullable: true })
  low!: number | null;

  /** The upper bound; null where nothing bounds it. */
  @ApiProperty({ type: Number, nullable: true })
  high!: number | null;
}

export class ArmFiguresDto extends EstimateDto {
  /** Units with a value. */
  @ApiInteger()
  values!: number;

  /** Units without one, which is not the same as a failure. */
  @ApiInteger()
  missing!: number;
}

export class ArmsFiguresDto {
  /** The figures of the control. */
  control!: ArmFiguresDto;

  /** The figures of the candidate. */
  candidate!: ArmFiguresDto;
}

export class EffectDto {
  /** The candidate less the control. */
  absolute!: EstimateDto;

  /** The same, in relation to the control: 0.1 is a tenth more. */
  relative!: EstimateDto;
}

export class MetricComparisonDto {
  /** The metric. */
  metric!: string;

  /** Whether it is the primary metric or a guardrail. */
  @ApiProperty({ enum: ROLES })
  role!: Comparison['role'];

  /** The kind of the metric, which decides about its statistics. */
  @ApiProperty({ enum: METRIC_KINDS })
  kind!: MetricKind;

  /** Which way is better. */
  @ApiProperty({ enum: DIRECTIONS })
  direction!: (typeof DIRECTIONS)[number];

  /** The regression that is allowed to the candidate, relative to the control. */
  max_regression!: number;

  /** Both arms, each with the bounds within which its true value lies. */
  arms!: ArmsFiguresDto;

  /** The difference that the candidate makes, with its bounds. */
  effect!: EffectDto;

  /**
   * The p-value of the split of units without a value: small where one arm misses more than the other, and then the comparison is biased.
   */
  missing_p_value!: number;

  /** Whether there are units enough to decide anything. */
  is_enough!: boolean;

  /** Whether the candidate is worse than allowed, whatever the truth within the bounds is. */
  is_bad!: boolean;

  /** Whether the candidate is good enough. Only of the primary metric. */
  is_good!: boolean;
}

export class DecisionDto {
  /** The decision. */
  @ApiProperty({ enum: DECISIONS })
  kind!: Decision['kind'];

  /** The action that follows, for a guardrail and for success. Left out of the others. */
  @ApiPropertyOptional({ enum: ACTIONS })
  action?: (typeof ACTIONS)[number];

  /** The metrics that are bad, for a guardrail. Left out of the others. */
  @ApiPropertyOptional({ type: [String] })
  metrics?: string[];

  /** The step that is next. Left out of the others. */
  @ApiPropertyOptional({ type: 'integer' })
  phase?: number;
}

export class LookFiguresDto {
  /** The step, from 1. */
  @ApiInteger()
  phase!: number;

  /** When. */
  @ApiTime()
  at!: string;

  /** Minutes since the step began. */
  elapsed_min!: number;

  /** The number of the last exposure, score or outcome that is in the figures. */
  @ApiInteger()
  last_sequence!: number;

  /** The share of the rollout's `alpha` that each test has: guardrails and steps share it equally. */
  alpha_per_test!: number;

  /** Different units. */
  units!: ArmCountsDto;

  /** Executions of these units. */
  executions!: ArmCountsDto;

  /** Whether the split is as planned: the least p-value of the step so far. Below 0.001, something loses units. */
  ratio_p_value!: number;

  /** The primary metric first, then the guardrails as they were asked for. */
  @ApiProperty({ type: [MetricComparisonDto] })
  comparisons!: MetricComparisonDto[];

  /** The decision. */
  @ApiProperty({ type: DecisionDto })
  decision!: DecisionDto;
}

export class LookDto extends LookFiguresDto {
  /** 1, 2, 3 … in the order in which they were taken. */
  @ApiInteger()
  look!: number;
}

export class LookListDto {
  /** Newest first. */
  looks!: LookDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}

export class RolloutExposureDto {
  /** The kind of event: an execution of one of the arms. */
  @ApiProperty({ enum: ['exposure'] })
  kind!: 'exposure';

  /** Its number, in the order in which they were taken in. */
  @ApiInteger()
  sequence!: number;

  /** The execution. */
  @ApiId()
  execution_id!: string;

  /** The step, from 1. */
  @ApiInteger()
  phase!: number;

  /** The arm. */
  @ApiProperty({ enum: ARMS })
  arm!: (typeof ARMS)[number];

  /** The HMAC of the `unit_key` in hexadecimal; the execution's own id where it came without one. */
  unit!: string;

  /** The end of the execution. */
  @ApiProperty({ enum: FINAL })
  status!: (typeof FINAL)[number];

  /** Whether the response cache answered. */
  cached!: boolean;

  /** Whether another model answered than the first that was to be asked. */
  fallback!: boolean;
}

export class RolloutValueDto {
  /** The kind of event: a value of a metric, which may come days after its exposure and counts where that belongs. */
  @ApiProperty({ enum: ['value'] })
  kind!: 'value';

  /** Its number, in the order in which they were taken in. */
  @ApiInteger()
  sequence!: number;

  /** The execution. */
  @ApiId()
  execution_id!: string;

  /** The metric. */
  metric!: string;

  /** The value; 1 and 0 for yes and no. */
  value!: number;

  /** The time from the end of the execution to the value, in milliseconds; null for what the execution brings along. */
  @ApiProperty({ type: Number, nullable: true })
  delay_ms!: number | null;
}

@ApiExtraModels(RolloutExposureDto, RolloutValueDto)
export class RolloutEventListDto {
  /** In their order. */
  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ $ref: getSchemaPath(RolloutExposureDto) }, { $ref: getSchemaPath(RolloutValueDto) }] },
  })
  events!: (RolloutExposureDto | RolloutValueDto)[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}
