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

/** Longer waits run into the timeouts of proxies. A client that still wants to know asks again. */
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
  /** Only executions of this prompt. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only executions of this version of the prompt. Requires `prompt_name`. */
  @IsOptional()
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  version_number?: number;

  /** Only executions of this model, as `provider/model_name`: the one that answered, or was tried last. */
  @IsOptional()
  @IsString()
  @Length(1, 300)
  @ApiPropertyOptional({ example: undefined })
  model?: string;

  /** Only executions of prompts that this team owned when they ran. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  owner_team?: string;

  /** Only executions requested by the key with this id. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', example: undefined })
  api_key?: string;

  /** Only executions that lack this: a prompt, a team that owns the prompt, or an API key other than the admin's. */
  @IsOptional()
  @IsIn(ABSENT)
  @ApiPropertyOptional({ enum: ABSENT })
  without?: (typeof ABSENT)[number];

  /** `true`: only final executions; `false`: only those that are not final. */
  @IsOptional()
  @FromText(toBoolean)
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, example: undefined })
  final?: boolean;

  /** Only executions with this status. */
  @IsOptional()
  @IsIn(STATUSES)
  status?: ExecutionStatus;

  /** Only executions in this environment. */
  @IsOptional()
  @IsString()
  environment?: string;

  /** Only executions with this correlation id. */
  @IsOptional()
  @IsString()
  correlation_id?: string;

  /**
   * Only executions with all of these metadata pairs, each sent as `metadata[key]=value`. In a shell, quote it and pass
   * `--globoff` to curl, or it treats brackets as patterns.
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

  /** Only executions of this batch. */
  @IsOptional()
  @IsUUID()
  batch_id?: string;

  /** Only executions of this rollout, in either arm. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', example: undefined })
  rollout_id?: string;

  /** Only executions of this arm. Requires `rollout_id`. */
  @IsOptional()
  @IsIn(ARMS)
  @ApiPropertyOptional({ enum: ARMS, example: undefined })
  arm?: RolloutArm;

  /** Only executions whose answer was checked against its JSON Schema, and matches it (`true`) or does not (`false`). */
  @IsOptional()
  @FromText(toBoolean)
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, example: undefined })
  output_valid?: boolean;

  /** Only executions created later than this. */
  @IsOptional()
  @IsQueryTime()
  created_after?: Date;

  /** Only executions created earlier than this. */
  @IsOptional()
  @IsQueryTime('2099-12-31T12:00:00.000Z')
  created_before?: Date;
}
