import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { ApiId, ApiInteger, ApiTime, PageQueryDto } from '../../infra/http/index.js';
import { MAX_INT } from '../../kernel/index.js';
import { PromptRefDto, VersionRefDto } from '../prompts/index.js';

const MAX_REASON_CHARS = 10_000;

export class MovePointerDto {
  /** The version that is to run in the environment. */
  @IsInt()
  @Min(1)
  @Max(MAX_INT)
  @ApiProperty({ type: 'integer', example: 1 })
  version_number!: number;

  /** Why, for the history. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_REASON_CHARS)
  @ApiPropertyOptional({ type: String, nullable: true, example: 'Shorter answers' })
  reason?: string | null;
}

export class RollbackDto {
  /**
   * Why, for the history.
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

  /** False when it ran there already. */
  moved!: boolean;
}

export class PromptEnvironmentDto {
  /** The environment. */
  environment!: string;

  /** The version that runs there. */
  @ApiInteger()
  version_number!: number;

  /** Its checksum. */
  checksum_hash!: string;

  /** When it came there. */
  @ApiTime()
  moved_at!: string;

  /** The name of the caller who moved it; null when it is unknown. */
  moved_by!: string | null;

  /** Whether it changes by approved changes only. */
  protected!: boolean;
}

export class PromptEnvironmentsDto {
  /** Environments of which the prompt has a version, by name. All others that are not protected run the one of `default`. */
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

  /** The name of the actor; null when it is unknown. */
  moved_by!: string | null;

  /** When. */
  @ApiTime()
  moved_at!: string;

  /** Why; null when nothing was said. */
  reason!: string | null;

  /** The change that it was approved by; null for none. */
  @ApiId()
  change_id!: string | null;

  /** Whether that change was applied past its approvals. */
  emergency!: boolean;
}

export class PointerMovesDto {
  /** Moves, newest first. */
  moves!: PointerMoveDto[];

  /** Send it as `cursor` to get the next page; null on the last one. */
  next_cursor!: string | null;
}

export class ListMovesQueryDto extends PageQueryDto {
  /** Only those of this environment. */
  @IsOptional()
  @IsString()
  @Length(1, 100)
  @ApiPropertyOptional({ type: String, example: 'prod' })
  environment?: string;
}
