import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { ApiId, ApiInteger, ApiTime, PageQueryDto } from '../../infra/http/index.js';

/** The renderer's limit. */
const MAX_TEMPLATE_CHARS = 1_048_576;

export class PutSnippetDto {
  /**
   * The text, a Liquid template. It has access only to its own arguments.
   * @example "Write for {{audience}} in a friendly tone."
   */
  @IsString()
  @MaxLength(MAX_TEMPLATE_CHARS)
  template_source!: string;

  /**
   * What the snippet is for. Omit it to keep it; null removes it.
   * @example "How we speak to customers"
   */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  description?: string | null;

  /**
   * The author of this text.
   * @example "martin"
   */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  created_by?: string | null;

  /**
   * Why the text changed.
   * @example "first cut"
   */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  commit_message?: string | null;
}

export class ListSnippetsQueryDto extends PageQueryDto {
  /** Only snippets whose name starts with this. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @ApiPropertyOptional({ example: 'tone' })
  q?: string;
}

export class SnippetRefDto {
  /** Id of the snippet. */
  @ApiId()
  snippet_id!: string;

  /** Name of the snippet, unique in the project. */
  name!: string;
}

export class SnippetVersionRefDto {
  /** Id of the version. */
  @ApiId()
  version_id!: string;

  /** 1, 2, 3 … within the snippet: the number after the `@`. */
  @ApiInteger()
  version_number!: number;

  /** SHA-256 of the text. If it uses other snippets, of the whole content. */
  checksum_hash!: string;
}

export class PutSnippetResultDto {
  /** The snippet. */
  snippet!: SnippetRefDto;

  /** The version of the text that was sent. */
  version!: SnippetVersionRefDto;

  /** True when the text was new to the snippet and became a new version. */
  version_change!: boolean;
}

export class SnippetVersionSummaryDto extends SnippetVersionRefDto {
  /** The author; null when none was named. */
  created_by!: string | null;

  /** The reason; null for none. */
  commit_message!: string | null;

  /** When the version was created. */
  @ApiTime()
  created_at!: string;
}

export class SnippetVersionDto extends SnippetVersionSummaryDto {
  /** Id of the version's snippet. */
  @ApiId()
  snippet_id!: string;

  /** Name of the version's snippet. */
  snippet_name!: string;

  /** The text. */
  template_source!: string;

  /** Names of the arguments in the text, in order of appearance. */
  variables!: string[];

  /**
   * Engine and rules that render the version.
   * @example "liquid-1"
   */
  renderer!: string;
}

export class SnippetSummaryDto extends SnippetRefDto {
  /** What the snippet is for. */
  description!: string | null;

  /** Number of the newest version. */
  @ApiInteger()
  latest_version_number!: number;

  /** When the snippet was created. */
  @ApiTime()
  created_at!: string;

  /** When the newest version or the description was added. */
  @ApiTime()
  updated_at!: string;
}

export class SnippetDto extends SnippetSummaryDto {
  /** The newest version. Prompts do not follow it, because they name a number. */
  latest_version!: SnippetVersionDto;
}

export class SnippetListDto {
  /** Snippets by name. */
  @ApiProperty({ type: [SnippetSummaryDto] })
  snippets!: SnippetSummaryDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}

export class SnippetUseDto {
  /** Whether a prompt or another snippet uses it. */
  @ApiProperty({ enum: ['prompt', 'snippet'] })
  kind!: 'prompt' | 'snippet';

  /** Name of that prompt or snippet. */
  name!: string;

  /** Id of the version that uses it. */
  @ApiId()
  version_id!: string;

  /** Number of the version that uses it. */
  @ApiInteger()
  version_number!: number;

  /** Number of the used version of this snippet. */
  @ApiInteger()
  snippet_version_number!: number;

  /** Whether its own text names the snippet; false if another snippet uses it. */
  direct!: boolean;

  /** The environments whose pointers select the version of the prompt; `default` is that of the active version. */
  environments!: string[];
}

export class SnippetUsageDto {
  /** Versions that use the snippet, newest first. Those of deleted prompts and snippets do not count. */
  @ApiProperty({ type: [SnippetUseDto] })
  usage!: SnippetUseDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
