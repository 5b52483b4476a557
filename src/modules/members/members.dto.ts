import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { type Role, ROLES, USER_KINDS, type UserKind } from '../../entities/index.js';
import { ApiId, ApiTime } from '../../infra/http/index.js';

export class PutMemberDto {
  /** The user's role in this project. Callers cannot give a higher one than their own. */
  @IsIn(ROLES)
  @ApiProperty({ enum: ROLES, example: 'editor' })
  role!: Role;
}

export class MemberDto {
  /** Id of the user. */
  @ApiId()
  user_id!: string;

  /** A `person` signs in; a `service` account only has keys. */
  @ApiProperty({ enum: USER_KINDS })
  kind!: UserKind;

  /** Address; null where there is none. */
  email!: string | null;

  /** The display name. */
  name!: string;

  /** The user's role in this project. */
  @ApiProperty({ enum: ROLES })
  role!: Role;

  /** Whether all of their keys are refused, whatever their role. */
  disabled!: boolean;

  /** When the user became a member. */
  @ApiTime()
  added_at!: string;

  /** The name of the caller who made them one. */
  added_by!: string;
}

export class MemberListDto {
  /** The members of the project, by the age of their user, the oldest first. */
  members!: MemberDto[];

  /** For the next page; null on the last. */
  next_cursor!: string | null;
}
