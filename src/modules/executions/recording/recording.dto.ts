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
  /** Tokens of the prompt; null where the provider did not say. What `raw` says, by the provider's documents, goes first. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 12 })
  prompt_tokens?: number | null;

  /** Tokens of the answer, reasoning included; null where the provider did not say. What `raw` says goes first. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 9 })
  response_tokens?: number | null;

  /** The usage in the provider's own words, up to 64 KiB. */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true, example: null })
  raw?: Record<string, unknown> | null;
}

/** Most calls of one answer. */
const MAX_TOOL_CALLS = 128;

export class RecordedToolCallDto {
  /** The model's id of the call; left out: it has none. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @ApiPropertyOptional({ type: String, nullable: true, example: 'call_1' })
  id?: string | null;

  /** The tool that the model wants called. */
  @IsString()
  @MaxLength(255)
  name!: string;

  /** Its arguments, the JSON text as the model wrote it. */
  @IsString()
  arguments!: string;
}

export class RecordEntryDto extends IntersectionType(
  PickType(SharedExecutionDto, ['prompt_name', 'version_number', 'environment'] as const),
  // Whoever records has chosen the version already.
  OmitType(ExecutionEntryDto, ['unit_key'] as const),
) {
  /** Which version, by its checksum. With a version number too, the two must agree. */
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be a SHA-256 in 64 lower-case hex digits' })
  @ApiPropertyOptional({ type: String, nullable: true, example: null })
  template_hash?: string | null;

  /** The model that was asked. It need not be one of the allowed ones. */
  @Nested(() => ModelRefDto)
  @ApiProperty({ type: ModelRefDto })
  model!: ModelRefDto;

  /** The params that the answer was generated with. */
  @IsOptional()
  @Nested(() => ParamsDto)
  @ApiPropertyOptional({ type: ParamsDto, nullable: true, example: { temperature: 0.2 } })
  params?: ParamsDto | null;

  /** The end of the call. */
  @IsIn(OUTCOMES)
  @ApiProperty({ enum: OUTCOMES })
  status!: (typeof OUTCOMES)[number];

  /** The provider's answer; null for one without text. Required of an execution that succeeded. Kept up to `MAX_RESPONSE_BYTES`. */
  @IsOptional()
  @IsString()
  @ApiPropertyOptional({ type: String, nullable: true, example: 'Hello John!' })
  response_text?: string | null;

  /** The tools that the model wants called, in their order. */
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

  /** The provider's counts; null or left out: it gave none. */
  @IsOptional()
  @Nested(() => RecordedUsageDto)
  @ApiPropertyOptional({ type: RecordedUsageDto, nullable: true })
  usage?: RecordedUsageDto | null;

  /** Milliseconds the call took; null or left out: not measured. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer', nullable: true, example: 812 })
  latency_ms?: number | null;

  /** The kind of failure; left out of a failed one: `provider_error`. */
  @IsOptional()
  @IsIn(ERROR_TYPES)
  @ApiPropertyOptional({ enum: ERROR_TYPES, nullable: true, example: null })
  error_type?: ExecutionErrorType | null;

  /** The error. One line of 300 characters is kept, without anything that looks like a key. */
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
  /** The executions; each is judged by itself. */
  @NestedArray(() => RecordEntryDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ENTRIES)
  @ApiProperty({ type: [RecordEntryDto], minItems: 1, maxItems: MAX_ENTRIES })
  executions!: RecordEntryDto[];
}

export class RecordedDto {
  /** Which of the entries, counted from 0. */
  @ApiInteger()
  index!: number;

  /** Id that it got. */
  @ApiId()
  execution_id!: string;

  /** The version it was recorded for. */
  @ApiInteger()
  version_number!: number;
}

export class RejectedDto {
  /** Which of the entries, counted from 0. */
  @ApiInteger()
  index!: number;

  /**
   * Stable name of the reason, one of the codes of problem documents.
   * @example "VERSION_NOT_FOUND"
   */
  code!: string;

  /** One sentence that says what to do. */
  detail!: string;

  /** The single faults, where there is more to say. */
  @ApiPropertyOptional({ type: [ProblemEntryDto] })
  errors?: ProblemEntryDto[];
}

export class RecordAnswerDto {
  /** The executions that are durable now, in the order of the entries. */
  recorded!: RecordedDto[];

  /** The entries that were refused, and why. Sent again unchanged, they would be refused again. */
  rejected!: RejectedDto[];
}
