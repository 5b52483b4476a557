import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import {
  ApiInteger,
  ApiTime,
  FromText,
  IsPromptName,
  IsQueryTime,
  toInteger,
} from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { FIGURE_GROUPS, type FigureGroup } from './execution-figures.repository.js';

export class FiguresQueryDto {
  /** How to group executions. `hour` and `day` are in UTC, with a group for each one in the span. */
  @IsIn(FIGURE_GROUPS)
  @ApiProperty({ enum: FIGURE_GROUPS, required: false, default: 'day' })
  group_by: FigureGroup = 'day';

  /** Only executions created at this time or later. Default: 24 hours before `to`, or 30 days for `day`. */
  @IsOptional()
  @IsQueryTime()
  from?: Date;

  /** Only executions created before this time. Default: now. */
  @IsOptional()
  @IsQueryTime('2026-02-01T12:00:00.000Z')
  to?: Date;

  /** Only executions of this prompt, including deleted prompts of this name. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only executions of this version of the prompt; requires `prompt_name`. */
  @IsOptional()
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  version_number?: number;

  /** Only executions on this model, as `provider/model_name`: the one that answered, or was tried last. */
  @IsOptional()
  @IsString()
  @Length(1, 300)
  @ApiPropertyOptional({ example: undefined })
  model?: string;

  /** Only executions in this environment. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  environment?: string;

  /** Only executions of prompts that belonged to this team when they ran. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  owner_team?: string;

  /** Only executions by the key with this id. */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ format: 'uuid', example: undefined })
  api_key?: string;
}

export class LatencyDto {
  /** The 50th percentile, in milliseconds. */
  @ApiInteger()
  p50!: number;

  /** The 95th percentile, in milliseconds. */
  @ApiInteger()
  p95!: number;

  /** The 99th percentile, in milliseconds. */
  @ApiInteger()
  p99!: number;
}

export class FiguresDto {
  /** Final executions: succeeded, failed or canceled. */
  @ApiInteger()
  execution_count!: number;

  /** Executions that succeeded. */
  @ApiInteger()
  succeeded_count!: number;

  /** Executions that failed. */
  @ApiInteger()
  failed_count!: number;

  /** Executions that were canceled. */
  @ApiInteger()
  canceled_count!: number;

  /** Executions that were answered from an earlier execution, without a call. */
  @ApiInteger()
  cache_hit_count!: number;

  /**
   * The exact sum of all known costs, in dollars; null if no cost is known.
   * @example "0.012345"
   */
  cost_usd!: string | null;

  /** Executions whose cost is unknown. */
  @ApiInteger()
  unpriced_count!: number;

  /** Total prompt tokens, as counted by providers; null if none of them reported a count. */
  @ApiProperty({ type: 'integer', nullable: true })
  prompt_tokens!: number | null;

  /** The part read from providers' caches; null if none of them reported it. */
  @ApiProperty({ type: 'integer', nullable: true })
  cached_prompt_tokens!: number | null;

  /** Total response tokens, as counted by providers; null if none of them reported a count. */
  @ApiProperty({ type: 'integer', nullable: true })
  response_tokens!: number | null;

  /** Latency of succeeded executions that were not answered from the cache; null if there are none. */
  @ApiProperty({ type: LatencyDto, nullable: true })
  latency_ms!: LatencyDto | null;
}

export class GroupFiguresDto extends FiguresDto {
  /**
   * The name of the prompt, `name@3` for a version, `provider/model_name`, the environment, the team, the id of the key, or the start of
   * the hour or day; null for executions without one.
   * @example "openai/gpt-4o-mini"
   */
  key!: string | null;

  /** Name of the key, for `group_by=api_key` only; null if there is no key. */
  @ApiPropertyOptional({ type: String, nullable: true })
  key_name?: string | null;
}

export class ExecutionFiguresDto {
  /** The requested grouping. */
  @ApiProperty({ enum: FIGURE_GROUPS })
  group_by!: FigureGroup;

  /** The beginning of the span, inclusive. */
  @ApiTime()
  from!: string;

  /** The end of the span, exclusive. */
  @ApiTime()
  to!: string;

  /** The figures of all groups together, including those not listed. */
  total!: FiguresDto;

  /** Hours and days in order. Other groups by number of executions, largest first, at most 200. */
  groups!: GroupFiguresDto[];
}
