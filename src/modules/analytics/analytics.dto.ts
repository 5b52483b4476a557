import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { PromptMode } from '../../entities/index.js';
import { ApiInteger, IsPromptName, IsQueryTime } from '../../infra/http/index.js';

const MODES = ['full', 'tracking'] as const;
const ASKED_MODES = ['all', ...MODES] as const;

export class PromptAnalyticsQueryDto {
  /** `all`: both modes side by side; one of them: that mode, with its tokens. */
  @IsIn(ASKED_MODES)
  @ApiProperty({ enum: ASKED_MODES, required: false, default: 'all' })
  mode: (typeof ASKED_MODES)[number] = 'all';

  /** Only of this prompt, and of deleted ones of this name. */
  @IsOptional()
  @IsPromptName()
  prompt_name?: string;

  /** Only executions created at this time or later. */
  @IsOptional()
  @IsQueryTime()
  from?: Date;

  /** Only executions created earlier than this. */
  @IsOptional()
  @IsQueryTime('2099-12-31T12:00:00.000Z')
  to?: Date;
}

export class AnalyticsSummaryDto {
  /** Final executions of either mode. */
  @ApiInteger()
  total_executions!: number;

  /** Prompts that are in full mode now, whatever `from` and `to` say. */
  @ApiInteger()
  full_mode_prompts!: number;

  /** Prompts that are in tracking mode now, whatever `from` and `to` say. */
  @ApiInteger()
  tracking_mode_prompts!: number;
}

export class ModeCountsDto {
  /** Final executions (succeeded, failed or canceled) of prompts that were in this mode when they ran. */
  @ApiInteger()
  execution_count!: number;

  /** Mean latency of the succeeded ones, in milliseconds; null when there is none. */
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

  /** Each mode by itself. */
  by_mode!: CountsByModeDto;
}

export class ModeAnalyticsDto extends ModeCountsDto {
  /** The mode that was asked for. */
  @ApiProperty({ enum: MODES })
  mode!: PromptMode;

  /** Prompts that are in this mode now, whatever `from` and `to` say. */
  @ApiInteger()
  prompt_count!: number;

  /** Tokens of all prompts together, as providers counted them; null when none of them said. */
  @ApiProperty({ type: 'integer', nullable: true })
  total_prompt_tokens!: number | null;

  /** Tokens of all answers together, as providers counted them; null when none of them said. */
  @ApiProperty({ type: 'integer', nullable: true })
  total_response_tokens!: number | null;
}
