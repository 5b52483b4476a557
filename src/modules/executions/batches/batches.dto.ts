import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsOptional, IsString, Length } from 'class-validator';
import { ApiId, ApiInteger, ApiTime, NestedArray } from '../../../infra/http/index.js';
import { ExecutionEntryDto, SharedExecutionDto } from '../wire/execute.dto.js';
import { ModelRefDto } from '../wire/model-choice.dto.js';

const MAX_ENTRIES = 1000;
const BATCH_STATUSES = ['running', 'completed'] as const;

export class SubmitBatchDto extends SharedExecutionDto {
  /** One execution for each, in this order. */
  @NestedArray(() => ExecutionEntryDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ENTRIES)
  @ApiProperty({ type: [ExecutionEntryDto], minItems: 1, maxItems: MAX_ENTRIES })
  entries!: ExecutionEntryDto[];

  /** Is told once when all executions are final: a POST signed as Standard Webhooks says. */
  @IsOptional()
  @IsString()
  @Length(1, 2048)
  @ApiPropertyOptional({ format: 'uri', nullable: true, example: null })
  callback_url?: string | null;
}

export class SubmittedBatchDto {
  /** Id of the batch. */
  @ApiId()
  batch_id!: string;

  /** Always `queued`. */
  @ApiProperty({ enum: ['queued'] })
  status!: 'queued';

  /** Always `async`. */
  @ApiProperty({ enum: ['async'] })
  mode!: 'async';

  /** The number of executions. */
  @ApiInteger()
  total!: number;

  /** Their ids, in the order of the entries. */
  @ApiProperty({ type: [String], format: 'uuid' })
  execution_ids!: string[];
}

export class BatchCountsDto {
  /** Wait for their first attempt, or for another. */
  @ApiInteger()
  queued!: number;

  /** Are being called. */
  @ApiInteger()
  running!: number;

  /** Have their answer. */
  @ApiInteger()
  succeeded!: number;

  /** Have failed for good. */
  @ApiInteger()
  failed!: number;

  /** Were canceled before they were called. */
  @ApiInteger()
  canceled!: number;
}

export class BatchDto {
  /** Id of the batch. */
  @ApiId()
  batch_id!: string;

  /** `completed` when all its executions are final. */
  @ApiProperty({ enum: BATCH_STATUSES })
  status!: (typeof BATCH_STATUSES)[number];

  /** The prompt that is run. */
  prompt_name!: string;

  /** The version that is run. */
  @ApiInteger()
  version_number!: number;

  /** The model that is asked. */
  model!: ModelRefDto;

  /** Label of its executions. */
  environment!: string;

  /** The number of executions. */
  @ApiInteger()
  total!: number;

  /** Its executions by their status. */
  counts!: BatchCountsDto;

  /** The URL that is notified when the batch is completed. */
  callback_url!: string | null;

  /** When it was submitted. */
  @ApiTime()
  created_at!: string;

  /** When the rest was canceled; null if it was not. */
  @ApiTime()
  canceled_at!: string | null;

  /** When the last execution became final; null before. */
  @ApiTime()
  completed_at!: string | null;
}
