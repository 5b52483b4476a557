import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ROLLOUT_STATUSES, type RolloutStatus } from '../../../entities/index.js';
import {
  ApiId,
  ApiInteger,
  ApiTime,
  IsPromptName,
  Nested,
  NestedArray,
  PageQueryDto,
} from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { METRIC_KINDS, type MetricKind } from '../deciding/rollout-definition.js';

const UNITS = ['unit_key'] as const;
const DIRECTIONS = ['up', 'down'] as const;
const NAMED_KINDS = ['yes_no', 'number'] as const;
const ON_GUARDRAIL = ['roll_back', 'pause'] as const;
const ON_SUCCESS = ['apply', 'hold'] as const;
const MAX_STEPS = 20;
const MAX_GUARDRAILS = 20;
/** A year. */
const MAX_HOLD_MIN = 525_600;
const MAX_REASON_CHARS = 10_000;
const METRIC_HELP =
  '`score:<scorer>`, `outcome:<name>`, `error_rate`, `schema_valid`, `latency_p95_ms`, `latency_p50_ms`, `cost_usd` or `output_tokens`.';

export class ArmVersionDto {
  /** Number of the version. */
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  version_number!: number;
}

export class RolloutStepDto {
  /** The candidate's share of all units, in percent; at most two decimals, and more in each step. */
  @IsNumber({ maxDecimalPlaces: 2 })
  @Min(1)
  @Max(50)
  @ApiProperty({ minimum: 1, maximum: 50, example: 10 })
  percent!: number;

  /** Minutes for which the step lasts at least. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(MAX_HOLD_MIN)
  @ApiPropertyOptional({ default: 0, minimum: 0, maximum: MAX_HOLD_MIN, nullable: true, example: 60 })
  hold_min?: number | null;
}

export class RolloutMetricDto {
  @IsString()
  @Length(1, 300)
  @ApiProperty({ description: METRIC_HELP, example: 'error_rate' })
  metric!: string;

  /** Which way is better. Left out: `up` for scores, outcomes and `schema_valid`, `down` for the rest. */
  @IsOptional()
  @IsIn(DIRECTIONS)
  @ApiPropertyOptional({ enum: DIRECTIONS, nullable: true, example: 'down' })
  direction?: (typeof DIRECTIONS)[number] | null;

  /** How much worse than the control the candidate may be, relative to the control: 0.2 is a fifth. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(100)
  @ApiPropertyOptional({ default: 0, minimum: 0, maximum: 100, nullable: true, example: 0.1 })
  max_regression?: number | null;

  /**
   * Of a score or an outcome: whether it is yes or no, or a number. Left out: `yes_no` for scorers that only pass or fail and for those that
   * there are not yet, `number` for the rest.
   */
  @IsOptional()
  @IsIn(NAMED_KINDS)
  @ApiPropertyOptional({ enum: NAMED_KINDS, nullable: true, example: null })
  kind?: (typeof NAMED_KINDS)[number] | null;
}

export class CreateRolloutDto {
  /** What people call it. */
  @IsString()
  @Length(1, 200)
  @ApiProperty({ example: 'shorter summaries' })
  name!: string;

  /** The prompt of which another version is tried. */
  @IsPromptName()
  prompt_name!: string;

  /** Where it is tried. */
  @IsString()
  @Length(1, 100)
  @ApiProperty({ example: 'prod' })
  environment!: string;

  /** What it is compared with: the version that the pointer of the environment stands at. Left out: that one. */
  @IsOptional()
  @Nested(() => ArmVersionDto)
  @ApiPropertyOptional({ type: ArmVersionDto, nullable: true })
  control?: ArmVersionDto | null;

  /** The version that is tried. */
  @Nested(() => ArmVersionDto)
  candidate!: ArmVersionDto;

  /** What stays with one arm: the `unit_key` of requests. */
  @IsOptional()
  @IsIn(UNITS)
  @ApiPropertyOptional({ enum: UNITS, default: 'unit_key', nullable: true })
  unit?: (typeof UNITS)[number] | null;

  /** What share the candidate gets, one step after another. Each is a test of its own, with units counted anew. The last one has no end. */
  @NestedArray(() => RolloutStepDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_STEPS)
  @ApiProperty({ type: [RolloutStepDto], minItems: 1, maxItems: MAX_STEPS })
  steps!: RolloutStepDto[];

  /** How many units each arm has to have before anything is decided, in each step. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', default: 100, nullable: true, example: 100 })
  min_units?: number | null;

  /** What the candidate is to be good at. */
  @Nested(() => RolloutMetricDto)
  primary!: RolloutMetricDto;

  /** What the candidate must not be bad at; each metric once. */
  @IsOptional()
  @NestedArray(() => RolloutMetricDto)
  @ArrayMaxSize(MAX_GUARDRAILS)
  @ApiPropertyOptional({ type: [RolloutMetricDto], maxItems: MAX_GUARDRAILS, nullable: true })
  guardrails?: RolloutMetricDto[] | null;

  /** The chance of a wrong roll-back over the whole rollout: all guardrails, steps and looks together. */
  @IsOptional()
  @IsNumber()
  @Min(0.0001)
  @Max(0.5)
  @ApiPropertyOptional({ default: 0.05, minimum: 0.0001, maximum: 0.5, nullable: true, example: 0.05 })
  alpha?: number | null;

  /** What becomes of it when a guardrail is bad. */
  @IsOptional()
  @IsIn(ON_GUARDRAIL)
  @ApiPropertyOptional({ enum: ON_GUARDRAIL, default: 'roll_back', nullable: true })
  on_guardrail?: (typeof ON_GUARDRAIL)[number] | null;

  /** What becomes of it when the candidate is good in the last step: `apply` moves the pointer. */
  @IsOptional()
  @IsIn(ON_SUCCESS)
  @ApiPropertyOptional({ enum: ON_SUCCESS, default: 'hold', nullable: true })
  on_success?: (typeof ON_SUCCESS)[number] | null;
}

export class RolloutActionDto {
  /**
   * Why, for the history.
   * @example "As agreed with support"
   */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_REASON_CHARS)
  @ApiPropertyOptional({ type: String, nullable: true })
  reason?: string | null;
}

export class ListRolloutsQueryDto extends PageQueryDto {
  /** Only those with this status. */
  @IsOptional()
  @IsIn(ROLLOUT_STATUSES)
  @ApiPropertyOptional({ enum: ROLLOUT_STATUSES })
  status?: RolloutStatus;

  /** Only of this prompt, and of deleted ones of this name. */
  @IsOptional()
  @IsPromptName()
  @ApiPropertyOptional({ type: String })
  prompt_name?: string;

  /** Only in this environment. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prod' })
  environment?: string;
}

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

  /** What it is, and so which statistics it gets. */
  @ApiProperty({ enum: METRIC_KINDS })
  kind!: MetricKind;

  /** Which way is better. */
  @ApiProperty({ enum: DIRECTIONS })
  direction!: (typeof DIRECTIONS)[number];

  /** How much worse than the control the candidate may be, relative to the control. */
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

  /** What people call it. */
  name!: string;

  /** `draft → running ⇄ paused → completed`, or `rolled_back` or `stopped`. */
  @ApiProperty({ enum: ROLLOUT_STATUSES })
  status!: RolloutStatus;

  /** Name of the prompt. */
  prompt_name!: string;

  /** The environment in which it is tried. */
  environment!: string;

  /** What it is compared with. */
  control!: RolloutArmDto;

  /** What is tried. */
  candidate!: RolloutArmDto;

  /** What stays with one arm. */
  @ApiProperty({ enum: UNITS })
  unit!: (typeof UNITS)[number];

  /** The steps that were asked for. */
  steps!: ShownStepDto[];

  /** How many units each arm has to have before anything is decided. */
  @ApiInteger()
  min_units!: number;

  /** What the candidate is to be good at. */
  primary!: ShownMetricDto;

  /** What the candidate must not be bad at. */
  guardrails!: ShownMetricDto[];

  /** The chance of a wrong roll-back. */
  alpha!: number;

  /** What becomes of it when a guardrail is bad. */
  @ApiProperty({ enum: ON_GUARDRAIL })
  on_guardrail!: (typeof ON_GUARDRAIL)[number];

  /** What becomes of it when the candidate is good in the last step. */
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

  /** The name of whoever asked for it. */
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

  /** The name of whoever brought it there; `system` for what it does by itself. */
  status_by!: string;

  /** Why; null when nothing was said. */
  status_reason!: string | null;
}

export class RolloutListDto {
  /** Newest first. */
  rollouts!: RolloutDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}
