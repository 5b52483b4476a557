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
  /** Its number within the prompt. */
  @ApiInteger()
  version_number!: number;

  /** Its checksum. */
  checksum_hash!: string;
}

export class DiffLineDto {
  /** In both versions, or only in `to` (added), or only in `from` (removed). */
  @ApiProperty({ enum: LINE_TYPES })
  type!: (typeof LINE_TYPES)[number];

  /** The line, without the newline at its end. */
  text!: string;

  /** Its line in `from`, counted from 1; null for an added line. */
  @ApiProperty({ type: 'integer', nullable: true })
  old_line!: number | null;

  /** Its line in `to`, counted from 1; null for a removed line. */
  @ApiProperty({ type: 'integer', nullable: true })
  new_line!: number | null;
}

export class DiffHunkDto {
  /** First line of the hunk in `from`; without lines there, the line before it. */
  @ApiInteger()
  old_start!: number;

  /** The number of lines of `from` that it shows. */
  @ApiInteger()
  old_lines!: number;

  /** First line of the hunk in `to`; without lines there, the line before it. */
  @ApiInteger()
  new_start!: number;

  /** The number of lines of `to` that it shows. */
  @ApiInteger()
  new_lines!: number;

  /** The changed lines, with up to three around them. */
  @ApiProperty({ type: [DiffLineDto] })
  lines!: DiffLineDto[];
}

export class PromptDiffDto {
  /** Name of the prompt. */
  prompt_name!: string;

  /**
   * Templates of a `text` prompt are compared as they are. Of a `chat` prompt a text is: for each message a line with
   * its role in brackets, its content, and an empty line. What either has beside its templates follows in the same way
   * as indented JSON, below its name in brackets (`[tools]`); then an empty line follows a template too.
   */
  @ApiProperty({ enum: KINDS })
  kind!: PromptKind;

  /** The version that was compared from. */
  from!: ComparedVersionDto;

  /** The version that it was compared with. */
  to!: ComparedVersionDto;

  /** True when both are the same version: two versions of a prompt never have the same content. */
  identical!: boolean;

  /**
   * For people and for `patch`: as git shows it, also where the last line has no newline. Empty when identical.
   * @example "--- welcome (version 1)\n+++ welcome (version 2)\n@@ -1,1 +1,1 @@\n-Hello {{name}}\n+Hi {{name}}\n"
   */
  unified!: string;

  /** The same for programs, without the notes on missing newlines. After very many changes one hunk replaces all. */
  @ApiProperty({ type: [DiffHunkDto] })
  hunks!: DiffHunkDto[];
}
