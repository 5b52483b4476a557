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
  /** Maximum number of entries on a page. */
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_EVENTS, default: DEFAULT_EVENTS })
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MOST_EVENTS)
  limit: number = DEFAULT_EVENTS;

  /** The `next_cursor` of the previous page. Opaque. */
  @ApiPropertyOptional({ type: String })
  @IsOptional()
  @IsString()
  @MaxLength(2048)
  cursor?: string;
}

export class ArmCountsDto {
  /** Version number of the control. */
  @ApiInteger()
  control!: number;

  /** Version number of the candidate. */
  @ApiInteger()
  candidate!: number;
}

export class EstimateDto {
  /** The estimate; null without data. */
  @ApiProperty({ type: Number, nullable: true })
  estimate!: number | null;

  /** The lower bound; null if unbounded. */
  @ApiProperty({ type: Number, nullable: true })
  low!: number | null;

  /** The upper bound; null if unbounded. */
  @ApiProperty({ type: Number, nullable: true })
  high!: number | null;
}

export class ArmFiguresDto extends EstimateDto {
  /** Units with a value. */
  @ApiInteger()
  values!: number;

  /** Units without a value, which are not failures. */
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
  /** The candidate minus the control. */
  absolute!: EstimateDto;

  /** The difference relative to the control: 0.1 is a tenth more. */
  relative!: EstimateDto;
}

export class MetricComparisonDto {
  /** The metric. */
  metric!: string;

  /** Whether it is the primary metric or a guardrail. */
  @ApiProperty({ enum: ROLES })
  role!: Comparison['role'];

  /** The kind of the metric, which determines its statistics. */
  @ApiProperty({ enum: METRIC_KINDS })
  kind!: MetricKind;

  /** The direction that is better. */
  @ApiProperty({ enum: DIRECTIONS })
  direction!: (typeof DIRECTIONS)[number];

  /** How much worse the candidate may be, relative to the control. */
  max_regression!: number;

  /** Both arms, each with the bounds for its true value. */
  arms!: ArmsFiguresDto;

  /** The effect of the candidate, with its bounds. */
  effect!: EffectDto;

  /** The p-value of the split of units without a value. It is small if one arm misses more than the other, which biases the comparison. */
  missing_p_value!: number;

  /** Whether there are enough units to decide anything. */
  is_enough!: boolean;

  /** Whether the candidate is worse than allowed, wherever in the bounds the truth lies. */
  is_bad!: boolean;

  /** Whether the candidate is good enough. Only for the primary metric. */
  is_good!: boolean;
}

export class DecisionDto {
  /** The decision. */
  @ApiProperty({ enum: DECISIONS })
  kind!: Decision['kind'];

  /** The action that follows, for a guardrail or success. Otherwise left out. */
  @ApiPropertyOptional({ enum: ACTIONS })
  action?: (typeof ACTIONS)[number];

  /** The bad metrics, for a guardrail. Otherwise left out. */
  @ApiPropertyOptional({ type: [String] })
  metrics?: string[];

  /** The next step, if it begins. Otherwise left out. */
  @ApiPropertyOptional({ type: 'integer' })
  phase?: number;
}

export class LookFiguresDto {
  /** The step, from 1. */
  @ApiInteger()
  phase!: number;

  /** When the look was taken. */
  @ApiTime()
  at!: string;

  /** Minutes since the step began. */
  elapsed_min!: number;

  /** The number of the last exposure, score or outcome in the figures. */
  @ApiInteger()
  last_sequence!: number;

  /** The share of the rollout's `alpha` for each test. Guardrails and steps share it equally. */
  alpha_per_test!: number;

  /** Distinct units. */
  units!: ArmCountsDto;

  /** Executions of these units. */
  executions!: ArmCountsDto;

  /** Whether the split is as planned: the lowest p-value of the step so far. Below 0.001, something loses units. */
  ratio_p_value!: number;

  /** The primary metric first, then the guardrails in the order of the request. */
  @ApiProperty({ type: [MetricComparisonDto] })
  comparisons!: MetricComparisonDto[];

  /** The decision. */
  @ApiProperty({ type: DecisionDto })
  decision!: DecisionDto;
}

export class LookDto extends LookFiguresDto {
  /** Number of the look: 1, 2, 3 … in order. */
  @ApiInteger()
  look!: number;
}

export class LookListDto {
  /** Newest first. */
  looks!: LookDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}

export class RolloutExposureDto {
  /** The kind of event: an execution of one of the arms. */
  @ApiProperty({ enum: ['exposure'] })
  kind!: 'exposure';

  /** Number of the event, in the order of recording. */
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

  /** The HMAC of the `unit_key` in hexadecimal; the execution's own id if it had no key. */
  unit!: string;

  /** The final status of the execution. */
  @ApiProperty({ enum: FINAL })
  status!: (typeof FINAL)[number];

  /** Whether the response cache answered. */
  cached!: boolean;

  /** Whether a fallback model answered instead of the first choice. */
  fallback!: boolean;
}

export class RolloutValueDto {
  /** The kind of event: a value of a metric. It may arrive days after its exposure, and counts for the exposure's step and arm. */
  @ApiProperty({ enum: ['value'] })
  kind!: 'value';

  /** Number of the event, in the order of recording. */
  @ApiInteger()
  sequence!: number;

  /** The execution. */
  @ApiId()
  execution_id!: string;

  /** The metric. */
  metric!: string;

  /** The value; 1 for yes and 0 for no. */
  value!: number;

  /** Milliseconds from the end of the execution to the value; null for a value of the execution itself. */
  @ApiProperty({ type: Number, nullable: true })
  delay_ms!: number | null;
}

@ApiExtraModels(RolloutExposureDto, RolloutValueDto)
export class RolloutEventListDto {
  /** In order. */
  @ApiProperty({
    type: 'array',
    items: { oneOf: [{ $ref: getSchemaPath(RolloutExposureDto) }, { $ref: getSchemaPath(RolloutValueDto) }] },
  })
  events!: (RolloutExposureDto | RolloutValueDto)[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
