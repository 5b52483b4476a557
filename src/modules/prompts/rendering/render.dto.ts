import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsObject, IsOptional, Max, Min, ValidateIf } from 'class-validator';
import { ApiInteger } from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';
import { ChatMessageDto } from '../prompts.dto.js';

export class RenderPromptDto {
  /**
   * Values for the template's variables. Unused ones are ignored.
   * @example { "text": "It was the best of times." }
   */
  @ValidateIf((body: RenderPromptDto) => body.variables !== undefined)
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { text: 'It was the best of times.' },
  })
  variables?: Record<string, unknown>;

  /** The number of the version. Null or left out: the active one. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  version_number?: number | null;
}

export class RenderedPromptDto {
  /** The prompt as a provider would get it, for a text prompt. */
  rendered_prompt?: string;

  /** The messages as a provider would get them, for a chat prompt. */
  @ApiPropertyOptional({ type: [ChatMessageDto] })
  messages?: ChatMessageDto[];

  /** The version that was rendered. */
  @ApiInteger()
  version_number!: number;

  /** Checksum of the version. */
  checksum_hash!: string;
}
