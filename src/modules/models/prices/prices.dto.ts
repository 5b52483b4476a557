import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
} from 'class-validator';
import { ApiId, ApiInteger, ApiTime, IsQueryTime, IsTime, PageQueryDto } from '../../../infra/http/index.js';
import { MAX_INT, parseMicroUsd } from '../../../kernel/index.js';
import { MODEL_NAME, MODEL_NAME_RULE, PROVIDER_ID, PROVIDER_ID_RULE } from '../model-param.pipes.js';

/** Validates dollars as a decimal string, because a JSON number would be parsed as a float. */
function IsUsd(): PropertyDecorator {
  return ValidateBy({
    name: 'isUsd',
    validator: {
      validate: (value) => typeof value === 'string' && parseMicroUsd(value) !== null,
      defaultMessage: () => 'must be a string of dollars with at most 6 decimals, from "0" to "2000"',
    },
  });
}

export class CreatePriceDto {
  /**
   * The provider that serves the model. The model need not be allowed.
   * @example "openai"
   */
  @Matches(PROVIDER_ID, { message: PROVIDER_ID_RULE })
  provider!: string;

  /**
   * The provider's name for the model.
   * @example "gpt-4o-mini"
   */
  @Matches(MODEL_NAME, { message: MODEL_NAME_RULE })
  model_name!: string;

  /**
   * Dollars per million prompt tokens.
   * @example "0.15"
   */
  @IsUsd()
  input_usd_per_mtok!: string;

  /**
   * Dollars per million prompt tokens read from the provider's cache. Default: the normal price.
   * @example "0.075"
   */
  @IsOptional()
  @IsUsd()
  cached_input_usd_per_mtok?: string | null;

  /**
   * Dollars per million response tokens, including reasoning.
   * @example "0.6"
   */
  @IsUsd()
  output_usd_per_mtok!: string;

  /**
   * The prices apply to prompts of at most this many tokens; the cost of a longer one is unknown. Default: to all prompts.
   * @example 200000
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  max_prompt_tokens?: number | null;

  /**
   * When the price begins, RFC 3339, in the past or future. Default: now.
   * @example "2026-08-01T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  valid_from?: string | null;

  /**
   * When the price ends, RFC 3339. Default: when the next one begins.
   * @example "2027-01-01T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  valid_to?: string | null;

  /**
   * The source of the figures.
   * @example "OpenAI, API pricing page, as of 2026-08-01"
   */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  source?: string | null;
}

export class PutPriceDto {
  /**
   * When the price ends, RFC 3339; null: when the next one begins. Omit it to keep it.
   * @example "2027-01-01T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  valid_to?: string | null;

  /** The source of the figures. Omit it to keep it. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  source?: string | null;
}

export class ListPricesQueryDto extends PageQueryDto {
  /** Only prices of this provider. */
  @IsOptional()
  @IsString()
  provider?: string;

  /** Only prices of models with this name. */
  @IsOptional()
  @IsString()
  model_name?: string;

  /** Only the price of each model that applies at this time. */
  @IsOptional()
  @IsQueryTime()
  at?: Date;
}

export class PriceDto {
  /** Id of the price. */
  @ApiId()
  price_id!: string;

  /** The provider that serves the model. */
  provider!: string;

  /** The provider's name for the model. */
  model_name!: string;

  /**
   * Dollars per million prompt tokens.
   * @example "0.15"
   */
  input_usd_per_mtok!: string;

  /**
   * Dollars per million prompt tokens read from the provider's cache; null: the normal price.
   * @example "0.075"
   */
  cached_input_usd_per_mtok!: string | null;

  /**
   * Dollars per million response tokens.
   * @example "0.6"
   */
  output_usd_per_mtok!: string;

  /** The prices apply to prompts of at most this many tokens; null: to all. */
  @ApiInteger()
  max_prompt_tokens!: number | null;

  /** When the price begins. */
  @ApiTime()
  valid_from!: string;

  /** When the price ends; null: when the next one begins. */
  @ApiTime()
  valid_to!: string | null;

  /** The source of the figures; null if unknown. */
  source!: string | null;

  /** When the price was added. */
  @ApiTime()
  created_at!: string;

  /** The key that added it, `admin`, or `catalogue`. */
  created_by!: string | null;
}

export class PriceListDto {
  /** Sorted by provider, model and start. */
  prices!: PriceDto[];

  /** The cursor of the next page; null on the last one. */
  next_cursor!: string | null;
}

const FORMATS = ['litellm'] as const;

export class ImportPricesDto {
  /** `litellm`: the format of LiteLLM's file `model_prices_and_context_window.json`. */
  @IsIn(FORMATS)
  @ApiProperty({ enum: FORMATS })
  format!: (typeof FORMATS)[number];

  /**
   * When the prices begin, RFC 3339. Default: now.
   * @example "2026-11-24T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  valid_from?: string | null;

  /** The file: its keys are model names. Anything in an entry that is not a price is ignored. */
  @IsObject()
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: {
      'gpt-4o-mini': {
        litellm_provider: 'openai',
        mode: 'chat',
        input_cost_per_token: 1.5e-7,
        cache_read_input_token_cost: 7.5e-8,
        output_cost_per_token: 6e-7,
      },
    },
  })
  prices!: Record<string, unknown>;
}

export class SkippedPriceDto {
  /** The key in the file. */
  name!: string;

  /** Why the entry was skipped. */
  reason!: string;
}

export class ImportedPricesDto {
  /** The number of models that had no price at that time and got one. */
  @ApiInteger()
  added!: number;

  /** The number of models that got another price. The previous one ends when it begins. */
  @ApiInteger()
  changed!: number;

  /** The number of models that already have exactly that price. */
  @ApiInteger()
  unchanged!: number;

  /** Entries that were skipped. */
  skipped!: SkippedPriceDto[];
}
