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
  /** What executions are grouped by. `hour` and `day` are in UTC, and have a group for every one in the span. */
  @IsIn(FIGURE_GROUPS)
  @ApiProperty({ enum: FIGURE_GROUPS, required: false, default: 'day' })
  group_by: FigureGroup = 'day';

  /** Only executions created at this time or later. Default: 24 hours, of `day` 30 days, before `to`. */
  @IsOptional()
  @IsQueryTime()
  from?: Date;

  /** Only executions created earlier than this. Default: now. */
  @IsOptional()
  @IsQueryTime('2026-02-01T12:00:00.000Z')
  to?: Date;

  /** Only of this prompt, and of deleted ones of this name. */
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

  /** Only with this label. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  environment?: string;

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
}

export class LatencyDto {
  /** Half of them took no longer, in milliseconds. */
  @ApiInteger()
  p50!: number;

  /** 95 of 100 took no longer. */
  @ApiInteger()
  p95!: number;

  /** 99 of 100 took no longer. */
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
   * The sum over those with a known cost, in dollars, exactly; null when there is none of them.
   * @example "0.012345"
   */
  cost_usd!: string | null;

  /** Executions whose cost is unknown. */
  @ApiInteger()
  unpriced_count!: number;

  /** Tokens of all prompts together, as providers counted them; null when none of them said. */
  @ApiProperty({ type: 'integer', nullable: true })
  prompt_tokens!: number | null;

  /** The part of them that providers had in their caches; null when none of them said. */
  @ApiProperty({ type: 'integer', nullable: true })
  cached_prompt_tokens!: number | null;

  /** Tokens of all answers together, as providers counted them; null when none of them said. */
  @ApiProperty({ type: 'integer', nullable: true })
  response_tokens!: number | null;

  /** Latency of those that succeeded, without those from the cache; null when there is none. */
  @ApiProperty({ type: LatencyDto, nullable: true })
  latency_ms!: LatencyDto | null;
}

export class GroupFiguresDto extends FiguresDto {
  /**
   * The name of the prompt, `name@3` of a version, `provider/model_name`, the environment, the team, the id of the key, or the time at
   * which the hour or day begins; null of executions that have none.
   * @example "openai/gpt-4o-mini"
   */
  key!: string | null;

  /** Only of `group_by=api_key`: the name of the key; null where there is no key. */
  @ApiPropertyOptional({ type: String, nullable: true })
  key_name?: string | null;
}

export class ExecutionFiguresDto {
  /** The grouping that was asked for. */
  @ApiProperty({ enum: FIGURE_GROUPS })
  group_by!: FigureGroup;

  /** The beginning of the span, inclusive. */
  @ApiTime()
  from!: string;

  /** The end of the span, exclusive. */
  @ApiTime()
  to!: string;

  /** The figures of all groups together, including those that are not listed. */
  total!: FiguresDto;

  /** Hours and days in their order; others by their executions, the most first, at most 200. */
  groups!: GroupFiguresDto[];
}
