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

/** Dollars as a decimal text: a JSON number would be a float by the time that it is read. */
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
   * The provider that serves the model. It need not be on the list of allowed ones.
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
   * Dollars for a million prompt tokens.
   * @example "0.15"
   */
  @IsUsd()
  input_usd_per_mtok!: string;

  /**
   * Dollars for a million prompt tokens that the provider had in its cache. Default: they cost as much as others.
   * @example "0.075"
   */
  @IsOptional()
  @IsUsd()
  cached_input_usd_per_mtok?: string | null;

  /**
   * Dollars for a million response tokens, those of reasoning among them.
   * @example "0.6"
   */
  @IsUsd()
  output_usd_per_mtok!: string;

  /**
   * The figures hold for prompts of at most this many tokens; what a longer one costs is then unknown. Default: for all.
   * @example 200000
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  max_prompt_tokens?: number | null;

  /**
   * From when on it is valid, RFC 3339; it may be past or to come. Default: from now on.
   * @example "2026-08-01T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  valid_from?: string | null;

  /**
   * From when on it is not valid any more, RFC 3339. Default: until another begins.
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
   * From when on it is not valid any more, RFC 3339; null: until another begins. Omit it to keep it.
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
  /** Only of this provider. */
  @IsOptional()
  @IsString()
  provider?: string;

  /** Only of models of this name. */
  @IsOptional()
  @IsString()
  model_name?: string;

  /** Only the price of each model that counts at this time. */
  @IsOptional()
  @IsQueryTime()
  at?: Date;
}

export class PriceDto {
  /** Its id. */
  @ApiId()
  price_id!: string;

  /** The provider that serves the model. */
  provider!: string;

  /** The provider's name for the model. */
  model_name!: string;

  /**
   * Dollars for a million prompt tokens.
   * @example "0.15"
   */
  input_usd_per_mtok!: string;

  /**
   * Dollars for a million prompt tokens that the provider had in its cache; null: they cost as much as others.
   * @example "0.075"
   */
  cached_input_usd_per_mtok!: string | null;

  /**
   * Dollars for a million response tokens.
   * @example "0.6"
   */
  output_usd_per_mtok!: string;

  /** The figures hold for prompts of at most this many tokens; null: for all. */
  @ApiInteger()
  max_prompt_tokens!: number | null;

  /** From when on it is valid. */
  @ApiTime()
  valid_from!: string;

  /** From when on it is not valid any more; null: until another begins. */
  @ApiTime()
  valid_to!: string | null;

  /** The source of the figures; null when it is not known. */
  source!: string | null;

  /** When it was added. */
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
  /** `litellm`: as in the file `model_prices_and_context_window.json` of LiteLLM. */
  @IsIn(FORMATS)
  @ApiProperty({ enum: FORMATS })
  format!: (typeof FORMATS)[number];

  /**
   * From when on the prices are valid, RFC 3339. Default: from now on.
   * @example "2026-11-24T00:00:00Z"
   */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  valid_from?: string | null;

  /** The file: its keys are the names of models. What of an entry is no price is ignored. */
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

  /** Why it was skipped. */
  reason!: string;
}

export class ImportedPricesDto {
  /** The number of models that got a price and had none at that time. */
  @ApiInteger()
  added!: number;

  /** The number of models that got another price; the one before ends when it begins. */
  @ApiInteger()
  changed!: number;

  /** The number of models that have that very price. */
  @ApiInteger()
  unchanged!: number;

  /** Entries of which nothing was taken. */
  skipped!: SkippedPriceDto[];
}
