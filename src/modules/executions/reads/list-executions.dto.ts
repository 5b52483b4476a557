import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import type { ExecutionStatus, RolloutArm } from '../../../entities/index.js';
import {
  DeepObject,
  FromText,
  IsPromptName,
  IsQueryTime,
  PageQueryDto,
  toBoolean,
  toInteger,
} from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { IsMetadataFilter, MAX_PAIRS } from '../wire/execution-metadata.js';
import { STATUSES } from '../wire/executions.dto.js';

const ARMS = ['control', 'candidate'] as const;
const ABSENT = ['prompt', 'owner_team', 'api_key'] as const;

/** Longer waits meet the time-outs of proxies; who still wants to know asks again. */
const MAX_WAIT_MS = 60_000;

export class GetExecutionQueryDto {
  /**
   * Hold the answer until the execution is final, for at most this many milliseconds.
   * @example 30000
   */
  @IsOptional()
  @FromText(toInteger)
  @IsInt()
  @Min(0)
  @Max(MAX_WAIT_MS)
  @ApiPropertyOptional({ type: 'integer', default: 0 })
  wait_ms?: number;
}

export class ListExecutionsQueryDto extends PageQueryDto {
  /** Only of this prompt. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only of this version of the prompt; it needs `prompt_name`. */
  @IsOptional()
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  version_number?: number;

  /** Only of this model, as `provider/model_name`: the one that answered, or was tried last. */
  @IsOptional()
  @IsString()
  @Length(1, 300)
  @ApiPropertyOptional({ example: undefined })
  model?: string;

  /** Only of prompts that this team had when they ran. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  owner_team?: string;

  /** Only by this key: its id. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', example: undefined })
  api_key?: string;

  /** Only those that have none of this: calls without a prompt, of prompts without a team, or by the admin's key. */
  @IsOptional()
  @IsIn(ABSENT)
  @ApiPropertyOptional({ enum: ABSENT })
  without?: (typeof ABSENT)[number];

  /** `true`: only those that are over; `false`: only those that are not. */
  @IsOptional()
  @FromText(toBoolean)
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, example: undefined })
  final?: boolean;

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

  /**
   * Only with these pairs of yours, all of them, each sent as `metadata[key]=value`. In a shell quote it, and tell curl
   * `--globoff`, or brackets are patterns.
   */
  @IsOptional()
  @DeepObject()
  @IsMetadataFilter()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    maxProperties: MAX_PAIRS,
  })
  metadata?: Record<string, string>;

  /** Only of this batch. */
  @IsOptional()
  @IsUUID()
  batch_id?: string;

  /** Only of this rollout, whatever arm. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', example: undefined })
  rollout_id?: string;

  /** Only of this arm; it needs `rollout_id`. */
  @IsOptional()
  @IsIn(ARMS)
  @ApiPropertyOptional({ enum: ARMS, example: undefined })
  arm?: RolloutArm;

  /** Only those whose answer was checked against its JSON Schema, and fits it or does not. */
  @IsOptional()
  @FromText(toBoolean)
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, example: undefined })
  output_valid?: boolean;

  /** Only those made later than this. */
  @IsOptional()
  @IsQueryTime()
  created_after?: Date;

  /** Only those made earlier than this. */
  @IsOptional()
  @IsQueryTime('2099-12-31T12:00:00.000Z')
  created_before?: Date;
}
