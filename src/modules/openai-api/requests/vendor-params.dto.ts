import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import { IsSmallObject } from './only.decorator.js';

/** Longer than any value that a vendor accepts. */
const MAX_CHARS = 1_024;
/** OpenAI allows 16 pairs of at most 64 and 512 characters. */
const MAX_METADATA_CHARS = 16_384;
const TEXT = { type: String, nullable: true, example: undefined } as const;

/**
 * Parameters that OpenAI's clients send, some of them on their own, and that not every provider supports. A parameter that the
 * provider has no field for is left out and listed in `X-Ignored-Params`.
 */
export class VendorParamsDto {
  /** The end user. Also becomes the `correlation_id` of the execution, and its `unit_key` during a rollout. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  @ApiPropertyOptional(TEXT)
  user?: string | null;

  /** Stored by the provider with the completion, except for `unit_key`, which is for the ledger and takes precedence over `user`. */
  @IsOptional()
  @IsSmallObject(MAX_METADATA_CHARS)
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true, example: undefined })
  metadata?: Readonly<Record<string, unknown>> | null;

  /** Whether the provider stores the completion. The ledger records the execution in any case. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, nullable: true, example: undefined })
  store?: boolean | null;

  /** The provider's prompt cache to use. */
  @IsOptional()
  @IsString()
  @Length(0, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  prompt_cache_key?: string | null;

  /** How long the provider keeps the prompt in its cache. */
  @IsOptional()
  @IsString()
  @Length(0, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  prompt_cache_retention?: string | null;

  /** Identifies the person to whom the provider applies its usage policies. */
  @IsOptional()
  @IsString()
  @Length(0, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  safety_identifier?: string | null;

  /** The amount of reasoning before the answer, in the provider's terms. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  reasoning_effort?: string | null;

  /** The length of the answer, in the provider's terms. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  verbosity?: string | null;

  /** The provider's service tier to use. The answer states the tier that was used. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  service_tier?: string | null;
}
