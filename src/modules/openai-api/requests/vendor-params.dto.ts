import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, Length } from 'class-validator';
import { IsSmallObject } from './only.decorator.js';

/** Longer than any that a vendor takes. */
const MAX_CHARS = 1_024;
/** OpenAI takes 16 pairs of at most 64 and 512 characters. */
const MAX_METADATA_CHARS = 16_384;
const TEXT = { type: String, nullable: true, example: undefined } as const;

/**
 * Parameters that clients of OpenAI's API send, some of them by themselves, and not every provider has a field for. Each is passed
 * on where there is one; else it is left out, and `X-Ignored-Params` says so.
 */
export class VendorParamsDto {
  /** The end user; it also becomes the `correlation_id` of the execution, and its `unit_key` where a version is rolled out. */
  @IsOptional()
  @IsString()
  @Length(1, 255)
  @ApiPropertyOptional(TEXT)
  user?: string | null;

  /** Kept by the provider with the completion, all but `unit_key`: that is the ledger's, goes before `user` and is not sent on. */
  @IsOptional()
  @IsSmallObject(MAX_METADATA_CHARS)
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true, example: undefined })
  metadata?: Readonly<Record<string, unknown>> | null;

  /** Whether the provider keeps the completion; the ledger keeps the execution in any case. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, nullable: true, example: undefined })
  store?: boolean | null;

  /** Which of the provider's prompt caches to use. */
  @IsOptional()
  @IsString()
  @Length(0, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  prompt_cache_key?: string | null;

  /** The time for which the provider keeps the prompt in its cache. */
  @IsOptional()
  @IsString()
  @Length(0, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  prompt_cache_retention?: string | null;

  /** The person whom the provider holds to its rules of use. */
  @IsOptional()
  @IsString()
  @Length(0, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  safety_identifier?: string | null;

  /** The amount of reasoning before the answer, in the provider's word. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  reasoning_effort?: string | null;

  /** The length of the answer, in the provider's word. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  verbosity?: string | null;

  /** In which tier the provider serves it. The answer says which one it was. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_CHARS)
  @ApiPropertyOptional(TEXT)
  service_tier?: string | null;
}
