import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import type { PromptMode } from '../../entities/index.js';
import { ApiId, ApiInteger, ApiTime, NestedArray } from '../../infra/http/index.js';
import { ContentExtrasDto, PutContentExtrasDto } from './content-extras.dto.js';

const ROLES = ['system', 'user', 'assistant'] as const;
const MODES = ['full', 'tracking'] as const;
const STATUSES = ['active', 'deprecated', 'draft'] as const;

export type VersionStatus = (typeof STATUSES)[number];

export class ChatMessageDto {
  /**
   * The role of the speaker.
   * @example "user"
   */
  @IsIn(ROLES)
  role!: (typeof ROLES)[number];

  /**
   * The text, a Liquid template.
   * @example "Summarize: {{text}}"
   */
  @IsString()
  content!: string;
}

/** One content as it is sent. */
export class UnsavedContentDto extends PutContentExtrasDto {
  /**
   * The text of the prompt, a Liquid template. Exactly one of `template_source` and `messages`.
   * @example "Summarize:\n{{text}}"
   */
  @ValidateIf((body: UnsavedContentDto) => body.template_source !== undefined)
  @IsString()
  template_source?: string;

  /** The messages of a chat prompt, each a Liquid template. A prompt keeps its kind. */
  @ValidateIf((body: UnsavedContentDto) => body.messages !== undefined)
  @NestedArray(() => ChatMessageDto)
  @ArrayNotEmpty()
  @ArrayMaxSize(1000)
  @ApiPropertyOptional({ type: [ChatMessageDto], example: undefined })
  messages?: ChatMessageDto[];
}

export class PutPromptDto extends UnsavedContentDto {
  /**
   * The purpose of the prompt. Omit it to keep it; null removes it.
   * @example "Summarize documents"
   */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  description?: string | null;

  /**
   * The team that answers for it. Omit it to keep it; null removes it.
   * @example "AI-Platform"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  owner_team?: string | null;

  /**
   * The author of this content, as the lineage will show it.
   * @example "martin"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  created_by?: string | null;

  /** Make this content, new or old, the active version. Default false. */
  @ValidateIf((body: PutPromptDto) => body.set_active !== undefined)
  @IsBoolean()
  set_active?: boolean = false;

  /**
   * Words to find the prompt by. Omit them to keep them.
   * @example ["docs"]
   */
  @ValidateIf((body: PutPromptDto) => body.tags !== undefined)
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  tags?: string[];

  /**
   * Why the content changed.
   * @example "first cut"
   */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  commit_message?: string | null;

  /**
   * Settings that the content was tried with, such as a model and params: any JSON object of at most 32 KiB, kept with its digits.
   * They are no part of the content and change no run. Content that the prompt has had before gets the settings that are sent last.
   * Omit it to keep it; null removes it.
   */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { model: 'openai/gpt-4o-mini', params: { temperature: 0.2 } },
  })
  settings?: Readonly<Record<string, unknown>> | null;
}

export class PromptRefDto {
  /** Id of the prompt. */
  @ApiId()
  prompt_id!: string;

  /** Its name, unique in the project. */
  name!: string;

  /** `full`: the text is managed here; `tracking`: it lives in code. */
  @ApiProperty({ enum: MODES })
  mode!: PromptMode;
}

export class VersionRefDto {
  /** Id of the version. */
  @ApiId()
  version_id!: string;

  /** 1, 2, 3 … within the prompt. */
  @ApiInteger()
  version_number!: number;

  /**
   * For a text prompt that is nothing but its template: lower-case hex SHA-256 of that in UTF-8.
   * @example "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
   */
  checksum_hash!: string;

  /** `active`: an environment points at it; `deprecated`: one did; `draft`: none ever did. The active version is the one of `default`. */
  @ApiProperty({ enum: STATUSES })
  status!: VersionStatus;
}

export class SchemaWarningDto {
  /**
   * The part of the content, as a JSON pointer.
   * @example "/response_format/json_schema/schema/properties/size/minimum"
   */
  pointer!: string;

  /** The vendors that will refuse it; empty where it is this service that cannot check answers by it. */
  @ApiProperty({ type: [String], example: ['anthropic'] })
  vendors!: readonly string[];

  /** Why. */
  message!: string;
}

export class PutPromptResultDto {
  /** The prompt. */
  prompt!: PromptRefDto;

  /** The version of the content that was sent. */
  version!: VersionRefDto;

  /**
   * True when the content was new to the prompt and became a new version. Going back to an earlier one makes none, so it is
   * false there, whichever version is active afterwards: `version.status` says that.
   */
  version_change!: boolean;

  /** Parts of the schema of its `response_format` that vendors will refuse. Nothing is refused here because of them. */
  @ApiProperty({ type: [SchemaWarningDto] })
  warnings!: readonly SchemaWarningDto[];
}

export class VersionContentDto extends ContentExtrasDto {
  /** The template, of a text prompt. */
  template_source?: string;

  /** The messages, of a chat prompt. */
  @ApiPropertyOptional({ type: [ChatMessageDto] })
  messages?: ChatMessageDto[];

  /** Names of the variables that it uses, in the order in which they appear. */
  variables!: string[];
}

export class ActiveVersionDto extends IntersectionType(VersionRefDto, VersionContentDto) {}

export class VersionSummaryDto extends VersionRefDto {
  /** The author; null when none was named. */
  created_by!: string | null;

  /** Why; null when nothing was said. */
  commit_message!: string | null;

  /** When it was made. */
  @ApiTime()
  created_at!: string;
}

export class VersionDto extends IntersectionType(VersionSummaryDto, VersionContentDto) {
  /** Id of its prompt. */
  @ApiId()
  prompt_id!: string;

  /** Name of its prompt. */
  prompt_name!: string;

  /** The settings it was tried with, as they were sent; null for none. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  settings!: unknown;

  /**
   * Engine and rules that render it, now and ever after: `liquid-2` where it uses snippets, else `liquid-1`.
   * @example "liquid-1"
   */
  renderer!: string;
}

export class PromptSummaryDto extends PromptRefDto {
  /** The purpose of the prompt. */
  description!: string | null;

  /** The team that answers for it. */
  owner_team!: string | null;

  /** Words to find it by. */
  tags!: string[];

  /** Since when the code base that had this tracked prompt has it no more; null while code has it, and in full mode. */
  @ApiTime()
  retired_at!: string | null;

  /** When its first version came. */
  @ApiTime()
  created_at!: string;

  /** When it last changed: its metadata, its versions, or which of them is active. */
  @ApiTime()
  updated_at!: string;
}

export class PromptDto extends PromptSummaryDto {
  /** The version that a request without one gets in the environment that was named, or in `default`; null when there is none. */
  @ApiProperty({ type: ActiveVersionDto, nullable: true })
  active_version!: ActiveVersionDto | null;
}

export class RunningVersionDto {
  /** The environment; `default` for the active version. */
  environment!: string;

  /** Number of the version that runs there. */
  @ApiInteger()
  version_number!: number;
}

export class PromptListEntryDto extends PromptSummaryDto {
  /** Number of its newest version. */
  @ApiInteger()
  newest_version!: number;

  /** Which version runs where, by environment; where nothing was pointed at a version, the environment is left out. */
  environments!: RunningVersionDto[];
}

export class PromptListDto {
  /** Prompts by name. */
  prompts!: PromptListEntryDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}
