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
import { IsPromptName, Nested, NestedArray, PageQueryDto } from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';

export const UNITS = ['unit_key'] as const;
export const DIRECTIONS = ['up', 'down'] as const;
const NAMED_KINDS = ['yes_no', 'number'] as const;
export const ON_GUARDRAIL = ['roll_back', 'pause'] as const;
export const ON_SUCCESS = ['apply', 'hold'] as const;
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
  /** The candidate's share of all units, in percent, with at most two decimals. It must grow with each step. */
  @IsNumber({ maxDecimalPlaces: 2 }, { message: 'must be a number with at most two decimals' })
  @Min(1)
  @Max(50)
  @ApiProperty({ minimum: 1, maximum: 50, example: 10 })
  percent!: number;

  /** Minimum duration of the step in minutes. */
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

  /** The direction that is better. Default: `up` for scores, outcomes and `schema_valid`, `down` for the rest. */
  @IsOptional()
  @IsIn(DIRECTIONS)
  @ApiPropertyOptional({ enum: DIRECTIONS, nullable: true, example: 'down' })
  direction?: (typeof DIRECTIONS)[number] | null;

  /** How much worse the candidate may be, relative to the control: 0.2 is a fifth. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(100)
  @ApiPropertyOptional({ default: 0, minimum: 0, maximum: 100, nullable: true, example: 0.1 })
  max_regression?: number | null;

  /**
   * The kind of a score or an outcome: yes or no, or a number. Default: as in the scorer and the recorded outcomes, or `yes_no` if there
   * are none yet.
   */
  @IsOptional()
  @IsIn(NAMED_KINDS)
  @ApiPropertyOptional({ enum: NAMED_KINDS, nullable: true, example: null })
  kind?: (typeof NAMED_KINDS)[number] | null;
}

export class CreateRolloutDto {
  /** The display name. */
  @IsString()
  @Length(1, 200)
  @ApiProperty({ example: 'shorter summaries' })
  name!: string;

  /** The prompt whose other version is tested. */
  @IsPromptName()
  prompt_name!: string;

  /** The environment of the rollout. */
  @IsString()
  @Length(1, 100)
  @ApiProperty({ example: 'prod' })
  environment!: string;

  /** The version to compare the candidate with. It must be the one at the environment's pointer, which is the default. */
  @IsOptional()
  @Nested(() => ArmVersionDto)
  @ApiPropertyOptional({ type: ArmVersionDto, nullable: true })
  control?: ArmVersionDto | null;

  /** The version under test. */
  @Nested(() => ArmVersionDto)
  candidate!: ArmVersionDto;

  /** The unit that stays with one arm: the `unit_key` of requests. */
  @IsOptional()
  @IsIn(UNITS)
  @ApiPropertyOptional({ enum: UNITS, default: 'unit_key', nullable: true })
  unit?: (typeof UNITS)[number] | null;

  /** The candidate's shares, step by step. Each step is a separate test that counts its own units. The last one has no end. */
  @NestedArray(() => RolloutStepDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_STEPS)
  @ApiProperty({ type: [RolloutStepDto], minItems: 1, maxItems: MAX_STEPS })
  steps!: RolloutStepDto[];

  /** The number of units that each arm needs before anything is decided, in each step. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', default: 100, nullable: true, example: 100 })
  min_units?: number | null;

  /** The metric that decides about the candidate. */
  @Nested(() => RolloutMetricDto)
  primary!: RolloutMetricDto;

  /** The metrics in which the candidate must not be worse; each once. */
  @IsOptional()
  @NestedArray(() => RolloutMetricDto)
  @ArrayMaxSize(MAX_GUARDRAILS)
  @ApiPropertyOptional({ type: [RolloutMetricDto], maxItems: MAX_GUARDRAILS, nullable: true })
  guardrails?: RolloutMetricDto[] | null;

  /** The probability of a wrong roll-back over the whole rollout, for all guardrails, steps and looks together. */
  @IsOptional()
  @IsNumber()
  @Min(0.0001)
  @Max(0.5)
  @ApiPropertyOptional({ default: 0.05, minimum: 0.0001, maximum: 0.5, nullable: true, example: 0.05 })
  alpha?: number | null;

  /** The reaction to a bad guardrail. */
  @IsOptional()
  @IsIn(ON_GUARDRAIL)
  @ApiPropertyOptional({ enum: ON_GUARDRAIL, default: 'roll_back', nullable: true })
  on_guardrail?: (typeof ON_GUARDRAIL)[number] | null;

  /** The reaction when the candidate is good in the last step: `apply` moves the pointer. */
  @IsOptional()
  @IsIn(ON_SUCCESS)
  @ApiPropertyOptional({ enum: ON_SUCCESS, default: 'hold', nullable: true })
  on_success?: (typeof ON_SUCCESS)[number] | null;
}

export class RolloutActionDto {
  /**
   * The reason, for the history.
   * @example "As agreed with support"
   */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_REASON_CHARS)
  @ApiPropertyOptional({ type: String, nullable: true })
  reason?: string | null;
}

export class ListRolloutsQueryDto extends PageQueryDto {
  /** Only rollouts with this status. */
  @IsOptional()
  @IsIn(ROLLOUT_STATUSES)
  @ApiPropertyOptional({ enum: ROLLOUT_STATUSES })
  status?: RolloutStatus;

  /** Only rollouts of this prompt, including deleted prompts of this name. */
  @IsOptional()
  @IsPromptName()
  @ApiPropertyOptional({ type: String })
  prompt_name?: string;

  /** Only rollouts in this environment. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prod' })
  environment?: string;
}
