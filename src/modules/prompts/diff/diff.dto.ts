import { ApiProperty } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import type { PromptKind } from '../../../entities/index.js';
import { ApiInteger, FromText, toInteger } from '../../../infra/http/index.js';
import { MAX_INT } from '../../../kernel/index.js';

const KINDS = ['text', 'chat'] as const;
const LINE_TYPES = ['context', 'added', 'removed'] as const;

export class DiffQueryDto {
  /**
   * Number of the version to compare from.
   * @example 1
   */
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiProperty({ type: 'integer' })
  from!: number;

  /**
   * Number of the version to compare with.
   * @example 2
   */
  @FromText(toInteger)
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiProperty({ type: 'integer' })
  to!: number;
}

export class ComparedVersionDto {
  /** Number of the version within the prompt. */
  @ApiInteger()
  version_number!: number;

  /** Checksum of the version. */
  checksum_hash!: string;
}

export class DiffLineDto {
  /** Whether the line is in both versions, only in `to` (added) or only in `from` (removed). */
  @ApiProperty({ enum: LINE_TYPES })
  type!: (typeof LINE_TYPES)[number];

  /** The line without its trailing newline. */
  text!: string;

  /** Line number in `from`, counted from 1; null for an added line. */
  @ApiProperty({ type: 'integer', nullable: true })
  old_line!: number | null;

  /** Line number in `to`, counted from 1; null for a removed line. */
  @ApiProperty({ type: 'integer', nullable: true })
  new_line!: number | null;
}

export class DiffHunkDto {
  /** First line of the hunk in `from`. If the hunk has no lines there, the line before it. */
  @ApiInteger()
  old_start!: number;

  /** Number of lines of `from` in the hunk. */
  @ApiInteger()
  old_lines!: number;

  /** First line of the hunk in `to`. If the hunk has no lines there, the line before it. */
  @ApiInteger()
  new_start!: number;

  /** Number of lines of `to` in the hunk. */
  @ApiInteger()
  new_lines!: number;

  /** The changed lines, with up to three lines of context around them. */
  @ApiProperty({ type: [DiffLineDto] })
  lines!: DiffLineDto[];
}

export class PromptDiffDto {
  /** Name of the prompt. */
  prompt_name!: string;

  /**
   * Templates of a `text` prompt are compared as they are. A `chat` prompt is compared as text: each message is a line with its role in
   * brackets, its content and an empty line. Everything else that either version has follows in the same way as indented JSON, below its
   * name in brackets (`[tools]`). In that case an empty line follows a template too.
   */
  @ApiProperty({ enum: KINDS })
  kind!: PromptKind;

  /** The version to compare from. */
  from!: ComparedVersionDto;

  /** The version to compare with. */
  to!: ComparedVersionDto;

  /** True when both are the same version: two versions of a prompt never have the same content. */
  identical!: boolean;

  /**
   * The diff for people and for `patch`, in git's format, including the note on a missing trailing newline. Empty when identical.
   * @example "--- welcome (version 1)\n+++ welcome (version 2)\n@@ -1,1 +1,1 @@\n-Hello {{name}}\n+Hi {{name}}\n"
   */
  unified!: string;

  /** The diff for programs, without the notes on missing newlines. After very many changes one hunk replaces all. */
  @ApiProperty({ type: [DiffHunkDto] })
  hunks!: DiffHunkDto[];
}
