import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsOptional, IsString, Length } from 'class-validator';
import { ApiId, ApiInteger, ApiTime, NestedArray } from '../../../infra/http/index.js';
import { ExecutionEntryDto, SharedExecutionDto } from '../wire/execute.dto.js';
import { ModelRefDto } from '../wire/model-choice.dto.js';

const MAX_ENTRIES = 1000;
const BATCH_STATUSES = ['running', 'completed'] as const;

export class SubmitBatchDto extends SharedExecutionDto {
  /** The entries to execute, in this order. */
  @NestedArray(() => ExecutionEntryDto)
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_ENTRIES)
  @ApiProperty({ type: [ExecutionEntryDto], minItems: 1, maxItems: MAX_ENTRIES })
  entries!: ExecutionEntryDto[];

  /** Notified once when all executions are final, with a POST signed according to Standard Webhooks. */
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

  /** The ids of the executions, in the order of the entries. */
  @ApiProperty({ type: [String], format: 'uuid' })
  execution_ids!: string[];
}

export class BatchCountsDto {
  /** Executions that wait for their first attempt or a retry. */
  @ApiInteger()
  queued!: number;

  /** Executions whose model is being called. */
  @ApiInteger()
  running!: number;

  /** Executions that have an answer. */
  @ApiInteger()
  succeeded!: number;

  /** Executions that have failed for good. */
  @ApiInteger()
  failed!: number;

  /** Executions that were canceled before their call. */
  @ApiInteger()
  canceled!: number;
}

export class BatchDto {
  /** Id of the batch. */
  @ApiId()
  batch_id!: string;

  /** `completed` when all executions are final. */
  @ApiProperty({ enum: BATCH_STATUSES })
  status!: (typeof BATCH_STATUSES)[number];

  /** The name of the prompt. */
  prompt_name!: string;

  /** The number of the version. */
  @ApiInteger()
  version_number!: number;

  /** The model that is called first. */
  model!: ModelRefDto;

  /** The environment of the executions. */
  environment!: string;

  /** The number of executions. */
  @ApiInteger()
  total!: number;

  /** The executions by status. */
  counts!: BatchCountsDto;

  /** The URL that is notified when the batch is completed. */
  callback_url!: string | null;

  /** When it was submitted. */
  @ApiTime()
  created_at!: string;

  /** When the queued executions were canceled; null if they were not. */
  @ApiTime()
  canceled_at!: string | null;

  /** When the last execution became final; null before. */
  @ApiTime()
  completed_at!: string | null;
}
