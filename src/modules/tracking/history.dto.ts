import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { PromptMode } from '../../entities/index.js';
import { ApiInteger, ApiTime } from '../../infra/http/index.js';
import { ChatMessageDto } from '../prompts/index.js';
import { RegistrationDto } from '../versions/index.js';

const ASKED_MODES = ['full', 'tracking', 'all'] as const;

export class HistoryQueryDto {
  /** Accepted for compatibility. A prompt has one history, whichever mode it is in. */
  @IsOptional()
  @IsIn(ASKED_MODES)
  @ApiPropertyOptional({ enum: ASKED_MODES })
  mode?: (typeof ASKED_MODES)[number];
}

export class HistoryVersionDto {
  /** The number of the version within the prompt, from 1. */
  @ApiInteger()
  version!: number;

  /** For a text prompt: lower-case hex SHA-256 of its template in UTF-8. */
  template_hash!: string;

  /** The template of a text prompt. */
  template_source?: string;

  /** The messages of a chat prompt. */
  @ApiPropertyOptional({ type: [ChatMessageDto] })
  messages?: ChatMessageDto[];

  /** When the version was created. */
  @ApiTime()
  created_at!: string;

  /** The number of its final executions, whatever their outcome. */
  @ApiInteger()
  execution_count!: number;

  /** Where the version is registered in code; null for a version that was not registered. */
  @ApiProperty({ type: RegistrationDto, nullable: true })
  git!: RegistrationDto | null;
}

export class PromptHistoryDto {
  /** Name of the prompt. */
  prompt_name!: string;

  /** The current mode of the prompt. */
  @ApiProperty({ enum: ['full', 'tracking'] })
  mode!: PromptMode;

  /** Number of the active version; null when none is active. */
  @ApiInteger()
  current_version!: number | null;

  /** All versions, newest first. */
  versions!: HistoryVersionDto[];
}
