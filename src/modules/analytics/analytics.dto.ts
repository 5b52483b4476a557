import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { PromptMode } from '../../entities/index.js';
import { ApiInteger, IsPromptName, IsQueryTime } from '../../infra/http/index.js';

const MODES = ['full', 'tracking'] as const;
const ASKED_MODES = ['all', ...MODES] as const;

export class PromptAnalyticsQueryDto {
  /** `all`: both modes side by side. One mode: only that mode, with its tokens. */
  @IsIn(ASKED_MODES)
  @ApiProperty({ enum: ASKED_MODES, required: false, default: 'all' })
  mode: (typeof ASKED_MODES)[number] = 'all';

  /** Only executions of this prompt, including deleted prompts of this name. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only executions created at this time or later. */
  @IsOptional()
  @IsQueryTime()
  from?: Date;

  /** Only executions created before this time. */
  @IsOptional()
  @IsQueryTime('2099-12-31T12:00:00.000Z')
  to?: Date;
}

export class AnalyticsSummaryDto {
  /** Final executions in both modes. */
  @ApiInteger()
  total_executions!: number;

  /** Prompts currently in full mode, regardless of `from` and `to`. */
  @ApiInteger()
  full_mode_prompts!: number;

  /** Prompts currently in tracking mode, regardless of `from` and `to`. */
  @ApiInteger()
  tracking_mode_prompts!: number;
}

export class ModeCountsDto {
  /** Final executions (succeeded, failed or canceled) of prompts that were in this mode when they ran. */
  @ApiInteger()
  execution_count!: number;

  /** Mean latency of succeeded executions, in milliseconds; null if there are none. */
  @ApiProperty({ type: Number, nullable: true })
  avg_latency_ms!: number | null;
}

export class CountsByModeDto {
  /** Executions of prompts whose text was managed here. */
  full!: ModeCountsDto;

  /** Executions of prompts whose text lived in code. */
  tracking!: ModeCountsDto;
}

export class PromptAnalyticsDto {
  /** Both modes together. */
  summary!: AnalyticsSummaryDto;

  /** Each mode separately. */
  by_mode!: CountsByModeDto;
}

export class ModeAnalyticsDto extends ModeCountsDto {
  /** The requested mode. */
  @ApiProperty({ enum: MODES })
  mode!: PromptMode;

  /** Prompts currently in this mode, regardless of `from` and `to`. */
  @ApiInteger()
  prompt_count!: number;

  /** Total prompt tokens, as counted by providers; null if none of them reported a count. */
  @ApiProperty({ type: 'integer', nullable: true })
  total_prompt_tokens!: number | null;

  /** Total response tokens, as counted by providers; null if none of them reported a count. */
  @ApiProperty({ type: 'integer', nullable: true })
  total_response_tokens!: number | null;
}
