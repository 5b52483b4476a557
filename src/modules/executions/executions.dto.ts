import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import type {
  AttemptStatus,
  ExecutionErrorType,
  ExecutionMode,
  ExecutionStatus,
} from '../../entities/index.js';
import { IsPromptName, IsQueryTime, Nested, PageQueryDto } from '../../infra/http/index.js';
import { ChatMessageDto, MAX_INT } from '../prompts/index.js';
import { IsStop } from './is-stop.decorator.js';

const MODES = ['sync', 'async'] as const;
const STATUSES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
const ATTEMPT_STATUSES = ['dispatched', 'succeeded', 'failed', 'outcome_unknown', 'fenced'] as const;
const ERROR_TYPES = [
  'timeout',
  'rate_limited',
  'provider_error',
  'provider_rejected',
  'connection',
  'outcome_unknown',
  'internal',
] as const;

export class ModelRefDto {
  /**
   * Id of the provider.
   * @example "echo"
   */
  @IsString()
  @Length(1, 64)
  provider!: string;

  /**
   * The provider's name for the model.
   * @example "echo"
   */
  @IsString()
  @Length(1, 200)
  model_name!: string;
}

export class ParamsDto {
  /**
   * The most tokens of the answer.
   * @example 800
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  max_new_tokens?: number | null;

  /**
   * How freely the model chooses; 0 is the least.
   * @example 0.2
   */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(2)
  temperature?: number | null;

  /** Choose among the most likely tokens that together have this probability. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  top_p?: number | null;

  /** Choose among this many most likely tokens. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  top_k?: number | null;

  /** Above 1: say the same thing less often. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(10)
  repetition_penalty?: number | null;

  /** The answer ends before any of these: a text, or up to 16 of them. */
  @IsOptional()
  @IsStop()
  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, maxItems: 16 }],
  })
  stop?: string | string[] | null;

  /** The same seed asks for the same answer; few providers promise it. */
  @IsOptional()
  @IsInt()
  @Min(-Number.MAX_SAFE_INTEGER)
  @Max(Number.MAX_SAFE_INTEGER)
  seed?: number | null;
}

export class ExecuteDto {
  /** The prompt to run. */
  @IsPromptName()
  prompt_name!: string;

  /** Which version; null or left out: the active one. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  version_number?: number | null;

  /**
   * A label to find the execution by, such as `dev` or `prod`. Left out: `default`.
   * @example "dev"
   */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  environment?: string | null;

  /** Values for the template's variables. Those it does not use are ignored. They are stored as they came. */
  @ValidateIf((body: ExecuteDto) => body.variables !== undefined)
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { text: 'It was the best of times.' },
  })
  variables?: Record<string, unknown>;

  /** Which model; null or left out: the one of `DEFAULT_MODEL`. */
  @IsOptional()
  @Nested(() => ModelRefDto)
  @ApiPropertyOptional({ type: ModelRefDto, nullable: true })
  model?: ModelRefDto | null;

  /** How to generate. What the provider has no field for is refused. */
  @IsOptional()
  @Nested(() => ParamsDto)
  @ApiPropertyOptional({
    type: ParamsDto,
    nullable: true,
    example: { max_new_tokens: 800, temperature: 0.2 },
  })
  params?: ParamsDto | null;

  /**
   * Your own id for it, to find it by.
   * @example "order-4711"
   */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  correlation_id?: string | null;

  /** Milliseconds: of `:run` for the whole call, of `:submit` for each attempt. Left out: `DEFAULT_TIMEOUT_MS`. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 60000 })
  timeout_ms?: number | null;
}

export class TelemetryDto {
  /** Tokens of the prompt, as the provider counted; null when it did not say. */
  prompt_tokens!: number | null;

  /** Tokens of the answer, as the provider counted; null when it did not say. */
  response_tokens!: number | null;

  /** Milliseconds of the provider's call; null before it is over. */
  latency_ms!: number | null;
}

export class SubmittedDto {
  /** Id of the execution. */
  execution_id!: string;

  /** Always `queued`. */
  @ApiProperty({ enum: ['queued'] })
  status!: 'queued';

  /** Always `async`. */
  @ApiProperty({ enum: ['async'] })
  mode!: 'async';
}

export class ExecutionSummaryDto {
  /** Id of the execution. */
  execution_id!: string;

  /** How far it is. */
  @ApiProperty({ enum: STATUSES })
  status!: ExecutionStatus;

  /** `sync`: the caller waited; `async`: it was queued. */
  @ApiProperty({ enum: MODES })
  mode!: ExecutionMode;

  /** The prompt that was run. */
  prompt_name!: string;

  /** The version that was run. */
  version_number!: number;

  /** The version's checksum. */
  checksum_hash!: string;

  /** Label of the execution. */
  environment!: string;

  /** The model that was asked. */
  model!: ModelRefDto;

  /** Why the answer ended, in the provider's words; null when there is none or it did not say. */
  finish_reason!: string | null;

  /** What the call cost in tokens and time. */
  telemetry!: TelemetryDto;

  /** Your own id for it. */
  correlation_id!: string | null;

  /** What kind of failure; null unless it failed. */
  @ApiProperty({ enum: ERROR_TYPES, nullable: true })
  error_type!: ExecutionErrorType | null;

  /** When it was taken on. */
  created_at!: string;

  /** When work on it began; null while it is queued. */
  started_at!: string | null;

  /** When it was over; null before. */
  completed_at!: string | null;
}

export class ExecutionResultDto extends ExecutionSummaryDto {
  /** What the provider answered; null when there is no answer. Cut after `MAX_RESPONSE_BYTES`. */
  response_text!: string | null;

  /** True when only the beginning of the answer is kept. */
  response_truncated!: boolean;

  /** Lower-case hex SHA-256 of the whole answer in UTF-8; null when there is no answer. */
  response_sha256!: string | null;
}

export class AttemptDto {
  /** 1, 2, 3 … */
  attempt!: number;

  /** How the call ended; `dispatched` while it runs. */
  @ApiProperty({ enum: ATTEMPT_STATUSES })
  status!: AttemptStatus;

  /** The provider that was called. */
  provider!: string;

  /** The model that was asked. */
  model_name!: string;

  /** When the call began. */
  started_at!: string;

  /** When it ended; null while it runs. */
  completed_at!: string | null;

  /** Milliseconds it took. */
  latency_ms!: number | null;

  /** What kind of failure; null unless it failed. */
  @ApiProperty({ enum: ERROR_TYPES, nullable: true })
  error_type!: ExecutionErrorType | null;

  /** What went wrong, in one sentence; null unless it failed. */
  error_message!: string | null;

  /** The vendor's HTTP status where the call failed with one. */
  provider_status!: number | null;

  /** The vendor's own id of the request, for its support and its log. */
  provider_request_id!: string | null;
}

export class ExecutionDto extends ExecutionResultDto {
  /** Id of the version that was run. */
  version_id!: string;

  /** The variables as they came. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  variables!: unknown;

  /** The prompt as the provider got it, of a text prompt. */
  rendered_prompt?: string;

  /** The messages as the provider got them, of a chat prompt. */
  @ApiPropertyOptional({ type: [ChatMessageDto] })
  messages?: ChatMessageDto[];

  /** The parameters that were asked for. */
  @ApiProperty({ type: ParamsDto })
  params!: ParamsDto;

  /** Milliseconds it was given. */
  timeout_ms!: number;

  /** Where its prompt stood in code; null for a prompt that is managed here. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  git!: Record<string, unknown> | null;

  /** What went wrong, in one sentence; null unless it failed. */
  error_message!: string | null;

  /** Every call to a provider that was made for it, in order. */
  attempts!: AttemptDto[];
}

export class ExecutionListDto {
  /** Executions without their texts, newest first. */
  executions!: ExecutionSummaryDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}

/** None yet; the class makes an unknown query parameter a 400. */
export class GetExecutionQueryDto {}

export class ListExecutionsQueryDto extends PageQueryDto {
  /** Only of this prompt. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only with this status. */
  @IsOptional()
  @IsIn(STATUSES)
  status?: ExecutionStatus;

  /** Only with this label. */
  @IsOptional()
  @IsString()
  environment?: string;

  /** Only with this id of yours. */
  @IsOptional()
  @IsString()
  correlation_id?: string;

  /** Only those made later than this. */
  @IsOptional()
  @IsQueryTime()
  created_after?: Date;

  /** Only those made earlier than this. */
  @IsOptional()
  @IsQueryTime()
  created_before?: Date;
}
