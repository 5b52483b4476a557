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
  /** The version that suggestions are for. Default: the active version, or the newest where none is active. */
  @IsOptional()
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiPropertyOptional({ type: 'integer' })
  version_number?: number;

  /** `dismissed`: those too that were dismissed. */
  @IsOptional()
  @IsIn(INCLUDES)
  @ApiPropertyOptional({ enum: INCLUDES })
  include?: (typeof INCLUDES)[number];
}

export class DismissSuggestionDto {
  /**
   * Why it does not apply here.
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

  /** Make the draft although there is a newer version, without the changes of that one. Default false. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ nullable: true, default: false })
  allow_older?: boolean | null;
}

export class SuggestionPlaceDto {
  /** A JSON pointer into the version, such as `/template_source` or `/messages/0/content`. */
  pointer!: string;

  /** Its beginning in that text, in UTF-16 code units. */
  @ApiInteger()
  begin!: number;

  /** Its end; exclusive. */
  @ApiInteger()
  end!: number;

  /** The text at that place, at most 500 characters of it. */
  text!: string;
}

export class SuggestionEvidenceDto {
  /** Places in the version; at most 50. */
  @ApiProperty({ type: [SuggestionPlaceDto] })
  places!: SuggestionPlaceDto[];

  /** The figures and names that it rests on. Which there are depends on the kind. What quotes executions is left out for callers who may not read those. */
  @ApiProperty({ ...FREE, example: { p99_tokens: 12, max_new_tokens: 4096, answers: 480, days: 30 } })
  facts!: Readonly<Record<string, string | number | readonly string[]>>;

  /** Paths of this API under which the facts can be looked at. Executions are left out for callers who may not read them. */
  @ApiProperty({ type: [String], example: ['/v1/prompts/doc_summarizer/versions/3'] })
  links!: string[];
}

export class ExpectedEffectDto {
  /** Change of the cost of 30 days of traffic like the last, in US dollars; below 0 is less, null is not known. */
  @ApiProperty({ type: 'string', nullable: true, pattern: '^-?[0-9]+(\\.[0-9]+)?$', example: '-3.940000' })
  cost_usd_30d!: string | null;

  /** Change of the tokens of one request; null is not known. */
  @ApiProperty({ type: 'integer', nullable: true, example: null })
  tokens!: number | null;

  /** Change of the share of executions that pass, from −1 to 1; null is not known. */
  @ApiProperty({ type: Number, nullable: true, example: null })
  pass_rate!: number | null;
}

export class SuggestionPatchDto {
  /** `content`: a content for `PUT /v1/prompts/{name}`, which `:apply` makes a draft of; `params` and `model`: what to send with requests. */
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
  /** When it was dismissed first. */
  @ApiTime()
  at!: string;

  /** The name of the caller who dismissed it. */
  by!: string | null;

  /** The reason given; null for none. */
  reason!: string | null;
}

export class ApplicationDto {
  /** When a draft was made of it last. */
  @ApiTime()
  at!: string;

  /** The name of the caller who did. */
  by!: string | null;

  /** Number of the draft. */
  @ApiInteger()
  version_number!: number;
}

export class SuggestionDto {
  /** The same as long as the finding is the same: the version, and what was found where in it. */
  @ApiProperty({ example: '3-0f8fad5bd9cb469fa165708ae24a5b3c' })
  suggestion_id!: string;

  /** The kind of finding. */
  @ApiProperty({ enum: SUGGESTION_KINDS })
  kind!: SuggestionKind;

  /** The severity. */
  @ApiProperty({ enum: SEVERITIES })
  severity!: Severity;

  /** In one sentence. */
  title!: string;

  /** The state. A dismissed one is `dismissed`, whatever else. */
  @ApiProperty({ enum: STATUSES })
  status!: (typeof STATUSES)[number];

  /** The evidence. */
  evidence!: SuggestionEvidenceDto;

  /** The effect to expect. */
  expected_effect!: ExpectedEffectDto;

  /** The change; null where no change is right for everybody. */
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
  /** The number of days of executions that were looked at. */
  @ApiInteger()
  days!: number;

  /** All executions of the version in that time, of which it is known whether they succeeded. */
  @ApiInteger()
  executions!: number;

  /** The number of executions that the facts are from: the newest. */
  @ApiInteger()
  looked_at!: number;

  /** The number of those whose variables were read. */
  @ApiInteger()
  variables_read!: number;
}

export class SuggestionListDto {
  /** Name of the prompt. */
  prompt_name!: string;

  /** The version that suggestions are for. */
  @ApiInteger()
  version_number!: number;

  /** Its checksum. */
  checksum_hash!: string;

  /**
   * The executions that the facts are from; null for callers who may not list executions: they get only suggestions from the version
   * itself.
   */
  @ApiProperty({ type: SuggestionWindowDto, nullable: true })
  window!: SuggestionWindowDto | null;

  /** The most important come first. */
  @ApiProperty({ type: [SuggestionDto] })
  suggestions!: SuggestionDto[];
}

export class AppliedSuggestionDto {
  /** Id of the suggestion. */
  suggestion_id!: string;

  /** The prompt. */
  prompt!: PromptRefDto;

  /** The version with the patch: a draft, unless the prompt has had this very content before. No pointer was moved. */
  version!: VersionRefDto;

  /** True when the content was new to the prompt and became a new version. */
  version_change!: boolean;
}
