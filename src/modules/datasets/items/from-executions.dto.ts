import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { ApiInteger, IsPromptName, IsTime, Nested } from '../../../infra/http/index.js';
import { IsMetadata } from '../../executions/index.js';
import { AddedItemsDto } from './items.dto.js';

const MAX_IDS = 1000;
/** The default number of executions that a filter takes. */
export const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
const STATUSES = ['succeeded', 'failed', 'canceled'] as const;
const TIME = { type: String, format: 'date-time', nullable: true } as const;

/** The filters of `GET /v1/executions`. A filter that is left out matches everything. */
export class ExecutionFilterDto {
  /** Only executions of this prompt. */
  @IsOptional()
  @IsPromptName()
  @ApiPropertyOptional({ type: String, nullable: true })
  prompt_name?: string | null;

  /** Only executions with this status. Default: any final status. */
  @IsOptional()
  @IsIn(STATUSES)
  @ApiPropertyOptional({ enum: STATUSES, nullable: true })
  status?: (typeof STATUSES)[number] | null;

  /** Only executions in this environment. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @ApiPropertyOptional({ type: String, nullable: true, example: 'prod' })
  environment?: string | null;

  /** Only executions with this correlation id. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @ApiPropertyOptional({ type: String, nullable: true })
  correlation_id?: string | null;

  /** Only executions with all of these metadata pairs. */
  @IsOptional()
  @IsMetadata()
  @ApiPropertyOptional({ type: 'object', nullable: true, additionalProperties: { type: 'string' } })
  metadata?: Record<string, string> | null;

  /** Only executions of this batch. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true })
  batch_id?: string | null;

  /** Only executions created later than this. */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional(TIME)
  created_after?: string | null;

  /** Only executions created earlier than this. */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional(TIME)
  created_before?: string | null;
}

export class FromExecutionsDto {
  /** The ids of the executions. Send either these or a `filter`. */
  @IsOptional()
  @IsArray({ message: 'must be an array' })
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_IDS)
  @IsUUID(undefined, { each: true })
  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    nullable: true,
    minItems: 1,
    maxItems: MAX_IDS,
  })
  execution_ids?: string[] | null;

  /** Selects executions by filters, newest first. */
  @ValidateIf((body: FromExecutionsDto) => body.filter != null)
  @Nested(() => ExecutionFilterDto)
  @ApiPropertyOptional({ type: ExecutionFilterDto, nullable: true })
  filter?: ExecutionFilterDto | null;

  /** The most executions that a filter takes. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_LIMIT)
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
  })
  limit?: number | null;

  /** `response` makes each answer the expected value of its item. Null or left out for no expected value. */
  @IsOptional()
  @IsIn(['response'])
  @ApiPropertyOptional({ enum: ['response'], nullable: true })
  expected?: 'response' | null;
}

export class FromExecutionsResultDto extends AddedItemsDto {
  /** The number of matching executions that cannot become items: bare calls, and with `expected` those without a complete answer. */
  @ApiInteger()
  skipped!: number;
}
