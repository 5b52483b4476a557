import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { ApiId, ApiInteger, ApiTime, PageQueryDto } from '../../infra/http/index.js';
import { MAX_INT } from '../../kernel/index.js';
import { PromptRefDto, VersionRefDto } from '../prompts/index.js';

const MAX_REASON_CHARS = 10_000;

export class MovePointerDto {
  /** The version to run in the environment. */
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiProperty({ type: 'integer', example: 1 })
  version_number!: number;

  /** The reason, for the history. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_REASON_CHARS)
  @ApiPropertyOptional({ type: String, nullable: true, example: 'Shorter answers' })
  reason?: string | null;
}

export class RollbackDto {
  /**
   * The reason, for the history.
   * @example "Answers got too long"
   */
  @IsString()
  @Length(1, MAX_REASON_CHARS)
  reason!: string;
}

export class MovedPointerDto {
  /** The prompt. */
  prompt!: PromptRefDto;

  /** The environment. */
  environment!: string;

  /** The version that runs there now. */
  version!: VersionRefDto;

  /** False if it already ran there. */
  moved!: boolean;
}

export class PromptEnvironmentDto {
  /** The environment. */
  environment!: string;

  /** The version that runs there. */
  @ApiInteger()
  version_number!: number;

  /** Checksum of the version. */
  checksum_hash!: string;

  /** When the version was moved there. */
  @ApiTime()
  moved_at!: string;

  /** Name of the caller who moved it; null if unknown. */
  moved_by!: string | null;

  /** Whether it changes only through approved changes. */
  protected!: boolean;
}

export class PromptEnvironmentsDto {
  /** Environments with their own version of the prompt, by name. All others that are not protected run that of `default`. */
  environments!: PromptEnvironmentDto[];
}

export class PointerMoveDto {
  /** The environment. */
  environment!: string;

  /** The version that ran there before; null for none. */
  @ApiInteger()
  from_version!: number | null;

  /** The version that ran there afterwards. */
  @ApiInteger()
  to_version!: number;

  /** Name of the actor; null if unknown. */
  moved_by!: string | null;

  /** When the pointer moved. */
  @ApiTime()
  moved_at!: string;

  /** The reason; null for none. */
  reason!: string | null;

  /** The change that approved the move; null for none. */
  @ApiId()
  change_id!: string | null;

  /** Whether that change bypassed its approvals. */
  emergency!: boolean;
}

export class PointerMovesDto {
  /** Moves, newest first. */
  moves!: PointerMoveDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}

export class ListMovesQueryDto extends PageQueryDto {
  /** Only moves in this environment. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prod' })
  environment?: string;
}
