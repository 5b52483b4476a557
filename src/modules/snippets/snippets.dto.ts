import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { ApiId, ApiInteger, ApiTime, PageQueryDto } from '../../infra/http/index.js';

/** The renderer's limit. */
const MAX_TEMPLATE_CHARS = 1_048_576;

export class PutSnippetDto {
  /**
   * The text, a Liquid template. It sees the arguments that it is rendered with, and nothing else.
   * @example "Write for {{audience}} in a friendly tone."
   */
  @IsString()
  @MaxLength(MAX_TEMPLATE_CHARS)
  template_source!: string;

  /**
   * The purpose of the snippet. Omit it to keep it; null removes it.
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
  /** Only names that begin so. */
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

  /** Its name, unique in the project. */
  name!: string;
}

export class SnippetVersionRefDto {
  /** Id of the version. */
  @ApiId()
  version_id!: string;

  /** 1, 2, 3 … within the snippet: what stands behind the `@`. */
  @ApiInteger()
  version_number!: number;

  /** SHA-256 of the text; of one that uses other snippets, that of the whole content. */
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

  /** Why; null when nothing was said. */
  commit_message!: string | null;

  /** When it was made. */
  @ApiTime()
  created_at!: string;
}

export class SnippetVersionDto extends SnippetVersionSummaryDto {
  /** Id of its snippet. */
  @ApiId()
  snippet_id!: string;

  /** Name of its snippet. */
  snippet_name!: string;

  /** The text. */
  template_source!: string;

  /** Names of the arguments that it uses, in the order in which they appear. */
  variables!: string[];

  /**
   * Engine and rules that render it.
   * @example "liquid-1"
   */
  renderer!: string;
}

export class SnippetSummaryDto extends SnippetRefDto {
  /** The purpose of the snippet. */
  description!: string | null;

  /** Number of its newest version. */
  @ApiInteger()
  latest_version_number!: number;

  /** When its first version came. */
  @ApiTime()
  created_at!: string;

  /** When it got its newest version or its description. */
  @ApiTime()
  updated_at!: string;
}

export class SnippetDto extends SnippetSummaryDto {
  /** Its newest version. Prompts do not follow it: they name a number. */
  latest_version!: SnippetVersionDto;
}

export class SnippetListDto {
  /** Snippets by name. */
  @ApiProperty({ type: [SnippetSummaryDto] })
  snippets!: SnippetSummaryDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
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

  /** Number of the version of this snippet that is used. */
  @ApiInteger()
  snippet_version_number!: number;

  /** Whether its own text names the snippet; false when it comes with another snippet. */
  direct!: boolean;

  /** The environments whose pointers stand at the version of the prompt; `default` is the one of the active version. */
  environments!: string[];
}

export class SnippetUsageDto {
  /** Versions that use it, the newest first. Those of deleted prompts and snippets do not count. */
  @ApiProperty({ type: [SnippetUseDto] })
  usage!: SnippetUseDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}
