import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Max, MaxLength, Min } from 'class-validator';
import { ApiInteger, ApiTime, FromText, toInteger } from '../../infra/http/index.js';
import { MAX_INT } from '../../kernel/index.js';
import { PromptRefDto, VersionRefDto } from '../prompts/index.js';
import { type Severity, SUGGESTION_KINDS, type SuggestionKind } from './suggestion.js';

const SEVERITIES = ['info', 'warning', 'error'] as const;
const STATUSES = ['open', 'dismissed', 'applied'] as const;
const INCLUDES = ['dismissed'] as const;
const PATCH_KINDS = ['content', 'params', 'model'] as const;
const FREE = { type: 'object', additionalProperties: true } as const;

export class ListSuggestionsQueryDto {
  /** The version to make suggestions for. Default: the active version, or the newest if none is active. */
  @IsOptional()
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  version_number?: number;

  /** `dismissed`: include dismissed suggestions. */
  @IsOptional()
  @IsIn(INCLUDES)
  @ApiPropertyOptional({ enum: INCLUDES })
  include?: (typeof INCLUDES)[number];
}

export class DismissSuggestionDto {
  /**
   * Why the suggestion does not apply here.
   * @example "The customer is trusted"
   */
  @IsOptional()
  @IsString()
  @Length(1, 2000)
  @ApiPropertyOptional({ type: String, nullable: true })
  reason?: string | null;
}

export class ApplySuggestionDto {
  /**
   * The commit message of the draft. Default: the title of the suggestion.
   * @example "Mark the customer's text as data"
   */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  @ApiPropertyOptional({ type: String, nullable: true })
  commit_message?: string | null;

  /** Whether to create the draft even though there is a newer version, whose changes it then lacks. Default false. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ nullable: true, default: false })
  allow_older?: boolean | null;
}

export class SuggestionPlaceDto {
  /** A JSON pointer into the version, such as `/template_source` or `/messages/0/content`. */
  pointer!: string;

  /** Start in that text, in UTF-16 code units. */
  @ApiInteger()
  begin!: number;

  /** End in that text; exclusive. */
  @ApiInteger()
  end!: number;

  /** The text at that place, at most 500 characters. */
  text!: string;
}

export class SuggestionEvidenceDto {
  /** Places in the version; at most 50. */
  @ApiProperty({ type: [SuggestionPlaceDto] })
  places!: SuggestionPlaceDto[];

  /** The figures and names that support the suggestion, by its kind. Quotations from executions only if the caller may read those. */
  @ApiProperty({ ...FREE, example: { p99_tokens: 12, max_new_tokens: 4096, answers: 480, days: 30 } })
  facts!: Readonly<Record<string, string | number | readonly string[]>>;

  /** API paths to the facts, without executions if the caller may not read them. */
  @ApiProperty({ type: [String], example: ['/v1/prompts/doc_summarizer/versions/3'] })
  links!: string[];
}

export class ExpectedEffectDto {
  /** Change of cost over 30 days with unchanged traffic, in US dollars; negative if lower, null if unknown. */
  @ApiProperty({ type: 'string', nullable: true, pattern: '^-?[0-9]+(\\.[0-9]+)?$', example: '-3.940000' })
  cost_usd_30d!: string | null;

  /** Change of the tokens of one request; null if unknown. */
  @ApiProperty({ type: 'integer', nullable: true, example: null })
  tokens!: number | null;

  /** Change of the share of executions that pass, from −1 to 1; null if unknown. */
  @ApiProperty({ type: Number, nullable: true, example: null })
  pass_rate!: number | null;
}

export class SuggestionPatchDto {
  /** `content`: a content for `PUT /v1/prompts/{name}`, which `:apply` makes a draft; `params` and `model`: what to send with requests. */
  @ApiProperty({ enum: PATCH_KINDS })
  kind!: (typeof PATCH_KINDS)[number];

  /** The whole content, in the members of `PUT`. */
  @ApiPropertyOptional({ ...FREE, example: { template_source: 'Summarize:\n{{text}}' } })
  content?: Readonly<Record<string, unknown>>;

  /** The params to send. */
  @ApiPropertyOptional({ ...FREE, example: { max_new_tokens: 600 } })
  params?: Readonly<Record<string, unknown>>;

  /** The model to send. */
  @ApiPropertyOptional({ ...FREE, example: { provider: 'openai', model_name: 'gpt-4o-mini' } })
  model?: Readonly<Record<string, unknown>>;
}

export class DismissalDto {
  /** When it was first dismissed. */
  @ApiTime()
  at!: string;

  /** The name of the caller who dismissed it. */
  by!: string | null;

  /** The reason given; null for none. */
  reason!: string | null;
}

export class ApplicationDto {
  /** When it was last turned into a draft. */
  @ApiTime()
  at!: string;

  /** Name of the caller who applied it. */
  by!: string | null;

  /** Number of the draft. */
  @ApiInteger()
  version_number!: number;
}

export class SuggestionDto {
  /** Id of the suggestion. It stays the same for the same finding at the same place of the version. */
  @ApiProperty({ example: '3-0f8fad5bd9cb469fa165708ae24a5b3c' })
  suggestion_id!: string;

  /** The kind of finding. */
  @ApiProperty({ enum: SUGGESTION_KINDS })
  kind!: SuggestionKind;

  /** The severity. */
  @ApiProperty({ enum: SEVERITIES })
  severity!: Severity;

  /** One sentence. */
  title!: string;

  /** The state. A dismissed suggestion is `dismissed`, whatever else happened. */
  @ApiProperty({ enum: STATUSES })
  status!: (typeof STATUSES)[number];

  /** The evidence. */
  evidence!: SuggestionEvidenceDto;

  /** The expected effect. */
  expected_effect!: ExpectedEffectDto;

  /** The change; null if no single change suits everybody. */
  @ApiProperty({ type: SuggestionPatchDto, nullable: true })
  patch!: SuggestionPatchDto | null;

  /** Null unless it was dismissed. */
  @ApiProperty({ type: DismissalDto, nullable: true })
  dismissed!: DismissalDto | null;

  /** Null unless a draft was made of it. */
  @ApiProperty({ type: ApplicationDto, nullable: true })
  applied!: ApplicationDto | null;
}

export class SuggestionWindowDto {
  /** The number of days that the executions cover. */
  @ApiInteger()
  days!: number;

  /** All executions of the version in that time with a known outcome. */
  @ApiInteger()
  executions!: number;

  /** The number of executions that the facts come from: the newest. */
  @ApiInteger()
  looked_at!: number;

  /** How many of those had their variables read. */
  @ApiInteger()
  variables_read!: number;
}

export class SuggestionListDto {
  /** Name of the prompt. */
  prompt_name!: string;

  /** The version that the suggestions are for. */
  @ApiInteger()
  version_number!: number;

  /** Checksum of the version. */
  checksum_hash!: string;

  /**
   * The executions behind the facts; null for callers who may not list executions, and who only get suggestions from the version itself.
   */
  @ApiProperty({ type: SuggestionWindowDto, nullable: true })
  window!: SuggestionWindowDto | null;

  /** Most important first. */
  @ApiProperty({ type: [SuggestionDto] })
  suggestions!: SuggestionDto[];
}

export class AppliedSuggestionDto {
  /** Id of the suggestion. */
  suggestion_id!: string;

  /** The prompt. */
  prompt!: PromptRefDto;

  /** The version with the patch: a draft, unless the prompt already has this content. No pointer was moved. */
  version!: VersionRefDto;

  /** True when the content was new to the prompt and became a new version. */
  version_change!: boolean;
}
