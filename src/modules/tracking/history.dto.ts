import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { PromptMode } from '../../entities/index.js';
import { ApiInteger, ApiTime } from '../../infra/http/index.js';
import { ChatMessageDto } from '../prompts/index.js';
import { RegistrationDto } from '../versions/index.js';

const ASKED_MODES = ['full', 'tracking', 'all'] as const;

export class HistoryQueryDto {
  /** Accepted for the callers' sake; a prompt has one history, whichever mode it is in. */
  @IsOptional()
  @IsIn(ASKED_MODES)
  @ApiPropertyOptional({ enum: ASKED_MODES })
  mode?: (typeof ASKED_MODES)[number];
}

export class HistoryVersionDto {
  /** 1, 2, 3 … within the prompt. */
  @ApiInteger()
  version!: number;

  /** For a text prompt: lower-case hex SHA-256 of its template in UTF-8. */
  template_hash!: string;

  /** The template, of a text prompt. */
  template_source?: string;

  /** The messages, of a chat prompt. */
  @ApiPropertyOptional({ type: [ChatMessageDto] })
  messages?: ChatMessageDto[];

  /** When it was made. */
  @ApiTime()
  created_at!: string;

  /** The number of its executions that are over, whatever their end. */
  @ApiInteger()
  execution_count!: number;

  /** Its place in code; null for a version that was not registered. */
  @ApiProperty({ type: RegistrationDto, nullable: true })
  git!: RegistrationDto | null;
}

export class PromptHistoryDto {
  /** Name of the prompt. */
  prompt_name!: string;

  /** The mode that it is in now. */
  @ApiProperty({ enum: ['full', 'tracking'] })
  mode!: PromptMode;

  /** Number of the active version; null when none is active. */
  @ApiInteger()
  current_version!: number | null;

  /** All versions, newest first. */
  versions!: HistoryVersionDto[];
}
