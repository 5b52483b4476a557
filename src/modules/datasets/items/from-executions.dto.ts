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

/** The filters of `GET /v1/executions`. What is left out narrows nothing. */
export class ExecutionFilterDto {
  /** Only of this prompt. */
  @IsOptional()
  @IsPromptName()
  @ApiPropertyOptional({ type: String, nullable: true })
  prompt_name?: string | null;

  /** Only with this status. Default: whichever is over. */
  @IsOptional()
  @IsIn(STATUSES)
  @ApiPropertyOptional({ enum: STATUSES, nullable: true })
  status?: (typeof STATUSES)[number] | null;

  /** Only with this label. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  @ApiPropertyOptional({ type: String, nullable: true, example: 'prod' })
  environment?: string | null;

  /** Only with this id of yours. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  @ApiPropertyOptional({ type: String, nullable: true })
  correlation_id?: string | null;

  /** Only with these pairs of yours, all of them. */
  @IsOptional()
  @IsMetadata()
  @ApiPropertyOptional({ type: 'object', nullable: true, additionalProperties: { type: 'string' } })
  metadata?: Record<string, string> | null;

  /** Only of this batch. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true })
  batch_id?: string | null;

  /** Only those made later than this. */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional(TIME)
  created_after?: string | null;

  /** Only those made earlier than this. */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional(TIME)
  created_before?: string | null;
}

export class FromExecutionsDto {
  /** Executions by their ids; either these or a `filter`. */
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

  /** Executions by what is known of them, newest first. */
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

  /** `response`: the answer is what is expected of the item. Null or left out: nothing is. */
  @IsOptional()
  @IsIn(['response'])
  @ApiPropertyOptional({ enum: ['response'], nullable: true })
  expected?: 'response' | null;
}

export class FromExecutionsResultDto extends AddedItemsDto {
  /** The number of executions found that cannot become an item: bare calls, and with `expected` those without a whole answer. */
  @ApiInteger()
  skipped!: number;
}
