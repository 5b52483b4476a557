import { ApiProperty, ApiPropertyOptional, IntersectionType, OmitType, PickType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { ExecutionErrorType } from '../../../entities/index.js';
import {
  ApiId,
  ApiInteger,
  IsTime,
  Nested,
  NestedArray,
  ProblemEntryDto,
} from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { ExecutionEntryDto, SharedExecutionDto } from '../wire/execute.dto.js';
import { ModelRefDto, ParamsDto } from '../wire/model-choice.dto.js';
import { ERROR_TYPES } from '../wire/executions.dto.js';

const MAX_ENTRIES = 100;
const OUTCOMES = ['succeeded', 'failed'] as const;

export class RecordedUsageDto {
  /** Tokens of the prompt; null when the provider did not report them. Counts in `raw`, in the provider's own form, take precedence. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 12 })
  prompt_tokens?: number | null;

  /** Tokens of the answer, including reasoning; null when the provider did not report them. Counts in `raw` take precedence. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 9 })
  response_tokens?: number | null;

  /** The usage as the provider reported it, up to 64 KiB. */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true, example: null })
  raw?: Record<string, unknown> | null;
}

/** The most tool calls in one answer. */
const MAX_TOOL_CALLS = 128;

export class RecordedToolCallDto {
  /** The model's id of the call; left out when it has none. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @ApiPropertyOptional({ type: String, nullable: true, example: 'call_1' })
  id?: string | null;

  /** The tool that the model wants called. */
  @IsString()
  @MaxLength(255)
  name!: string;

  /** The arguments as the JSON text that the model wrote. */
  @IsString()
  arguments!: string;
}

export class RecordEntryDto extends IntersectionType(
  PickType(SharedExecutionDto, ['prompt_name', 'version_number', 'environment'] as const),
  // An execution that is recorded has its version already, so it needs no unit for a rollout.
  OmitType(ExecutionEntryDto, ['unit_key'] as const),
) {
  /** Selects the version by its checksum. If a version number is sent as well, the two must agree. */
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be a SHA-256 in 64 lower-case hex digits' })
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  template_hash?: string | null;

  /** The model that was called. It need not be an allowed one. */
  @Nested(() => ModelRefDto)
  @ApiProperty({ type: ModelRefDto })
  model!: ModelRefDto;

  /** The params that the answer was generated with. */
  @IsOptional()
  @Nested(() => ParamsDto)
  @ApiPropertyOptional({ type: ParamsDto, nullable: true, example: { temperature: 0.2 } })
  params?: ParamsDto | null;

  /** How the call ended. */
  @IsIn(OUTCOMES)
  @ApiProperty({ enum: OUTCOMES })
  status!: (typeof OUTCOMES)[number];

  /** The provider's answer; null for one without text. Required when the execution succeeded. Kept up to `MAX_RESPONSE_BYTES`. */
  @IsOptional()
  @IsString()
  @ApiPropertyOptional({ type: String, nullable: true, example: 'Hello John!' })
  response_text?: string | null;

  /** The tool calls that the model asked for, in order. */
  @IsOptional()
  @NestedArray(() => RecordedToolCallDto)
  @ArrayMaxSize(MAX_TOOL_CALLS)
  @ApiPropertyOptional({
    type: [RecordedToolCallDto],
    nullable: true,
    maxItems: MAX_TOOL_CALLS,
    example: null,
  })
  tool_calls?: RecordedToolCallDto[] | null;

  /**
   * Why the answer ended, in the provider's words.
   * @example "stop"
   */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  finish_reason?: string | null;

  /** The provider's counts; null or left out when it reported none. */
  @IsOptional()
  @Nested(() => RecordedUsageDto)
  @ApiPropertyOptional({ type: RecordedUsageDto, nullable: true })
  usage?: RecordedUsageDto | null;

  /** The duration of the call in milliseconds; null or left out when it was not measured. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 812 })
  latency_ms?: number | null;

  /** The kind of failure. Defaults to `provider_error` for a failed execution. */
  @IsOptional()
  @IsIn(ERROR_TYPES)
  @ApiPropertyOptional({ enum: ERROR_TYPES, nullable: true, example: null })
  error_type?: ExecutionErrorType | null;

  /** The error message. One line of 300 characters is kept, without anything that looks like a key. */
  @IsOptional()
  @IsString()
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  error_message?: string | null;

  /** The vendor's own id of the request. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  provider_request_id?: string | null;

  /** When the call began. */
  @IsTime()
  @ApiProperty({ format: 'date-time', example: '2026-11-24T10:00:00.000Z' })
  started_at!: string;
}

export class RecordDto {
  /** The executions. Each is accepted or rejected on its own. */
  @NestedArray(() => RecordEntryDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ENTRIES)
  @ApiProperty({ type: [RecordEntryDto], minItems: 1, maxItems: MAX_ENTRIES })
  executions!: RecordEntryDto[];
}

export class RecordedDto {
  /** The index of the entry, counted from 0. */
  @ApiInteger()
  index!: number;

  /** The id of the recorded execution. */
  @ApiId()
  execution_id!: string;

  /** The version that the execution was recorded for. */
  @ApiInteger()
  version_number!: number;
}

export class RejectedDto {
  /** The index of the entry, counted from 0. */
  @ApiInteger()
  index!: number;

  /**
   * A stable name of the reason, one of the codes of problem documents.
   * @example "VERSION_NOT_FOUND"
   */
  code!: string;

  /** One sentence that says what to do. */
  detail!: string;

  /** The individual faults, where there is more to say. */
  @ApiPropertyOptional({ type: [ProblemEntryDto] })
  errors?: ProblemEntryDto[];
}

export class RecordAnswerDto {
  /** The executions that are now durable, in the order of the entries. */
  recorded!: RecordedDto[];

  /** The entries that were rejected, and why. They would be rejected again if sent unchanged. */
  rejected!: RejectedDto[];
}
