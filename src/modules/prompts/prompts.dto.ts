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

/** One content in a request. */
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
   * What the prompt is for. Omit it to keep it; null removes it.
   * @example "Summarize documents"
   */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  description?: string | null;

  /**
   * The team responsible for the prompt. Omit it to keep it; null removes it.
   * @example "AI-Platform"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  owner_team?: string | null;

  /**
   * The author of this content, as shown in the lineage.
   * @example "martin"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  created_by?: string | null;

  /** Whether to make this content, new or old, the active version. Default false. */
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
   * Settings that the content was tried with, such as a model and params: any JSON object of at most 32 KiB, whose numbers keep their
   * digits. They are not part of the content and change no run. If the prompt already has this content, the latest settings replace the
   * earlier ones. Omit it to keep it; null removes it.
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

  /** Name of the prompt, unique in the project. */
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
   * Checksum of the content. For a text prompt that consists only of its template: lower-case hex SHA-256 of the template in UTF-8.
   * @example "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
   */
  checksum_hash!: string;

  /** `active`: an environment points at it; `deprecated`: one used to; `draft`: none ever did. The active version is that of `default`. */
  @ApiProperty({ enum: STATUSES })
  status!: VersionStatus;
}

export class SchemaWarningDto {
  /**
   * The part of the content, as a JSON pointer.
   * @example "/response_format/json_schema/schema/properties/size/minimum"
   */
  pointer!: string;

  /** The vendors that refuse the part. Empty if only this service cannot check answers against it. */
  @ApiProperty({ type: [String], example: ['anthropic'] })
  vendors!: readonly string[];

  /** The reason. */
  message!: string;
}

export class PutPromptResultDto {
  /** The prompt. */
  prompt!: PromptRefDto;

  /** The version of the content that was sent. */
  version!: VersionRefDto;

  /**
   * True when the content was new to the prompt and became a new version. False when the content is that of an existing version, even if
   * that version becomes active: see `version.status`.
   */
  version_change!: boolean;

  /** Parts of the schema of its `response_format` that vendors will refuse. They do not make this service refuse the request. */
  @ApiProperty({ type: [SchemaWarningDto] })
  warnings!: readonly SchemaWarningDto[];
}

export class VersionContentDto extends ContentExtrasDto {
  /** The template, for a text prompt. */
  template_source?: string;

  /** The messages, for a chat prompt. */
  @ApiPropertyOptional({ type: [ChatMessageDto] })
  messages?: ChatMessageDto[];

  /** Names of the variables in the content, in order of appearance. */
  variables!: string[];
}

export class ActiveVersionDto extends IntersectionType(VersionRefDto, VersionContentDto) {}

export class VersionSummaryDto extends VersionRefDto {
  /** The author; null when none was named. */
  created_by!: string | null;

  /** Why the content changed; null if not stated. */
  commit_message!: string | null;

  /** When the version was created. */
  @ApiTime()
  created_at!: string;
}

export class VersionDto extends IntersectionType(VersionSummaryDto, VersionContentDto) {
  /** Id of the version's prompt. */
  @ApiId()
  prompt_id!: string;

  /** Name of the version's prompt. */
  prompt_name!: string;

  /** The settings that the version was tried with, as sent; null for none. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  settings!: unknown;

  /**
   * Engine and rules that render the version for good: `liquid-2` if it uses snippets, else `liquid-1`.
   * @example "liquid-1"
   */
  renderer!: string;
}

export class PromptSummaryDto extends PromptRefDto {
  /** What the prompt is for. */
  description!: string | null;

  /** The team responsible for the prompt. */
  owner_team!: string | null;

  /** Words to find the prompt by. */
  tags!: string[];

  /** When the code base dropped this tracked prompt; null while code has it, and in full mode. */
  @ApiTime()
  retired_at!: string | null;

  /** When the prompt was created. */
  @ApiTime()
  created_at!: string;

  /** When the prompt last changed: its metadata, its versions, or which of them is active. */
  @ApiTime()
  updated_at!: string;
}

export class PromptDto extends PromptSummaryDto {
  /** The version that a request without one gets in the named environment, or in `default`; null when there is none. */
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
  /** Number of the newest version. */
  @ApiInteger()
  newest_version!: number;

  /** Which version runs in which environment. An environment without a pointer is left out. */
  environments!: RunningVersionDto[];
}

export class PromptListDto {
  /** Prompts by name. */
  prompts!: PromptListEntryDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
