import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { type Role, ROLES, USER_KINDS, type UserKind } from '../../entities/index.js';
import { ApiId, ApiTime } from '../../infra/http/index.js';

export class PutMemberDto {
  /** The user's role in this project. Callers cannot grant a higher role than their own. */
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

  /** Email address; null for none. */
  email!: string | null;

  /** The display name. */
  name!: string;

  /** The user's role in this project. */
  @ApiProperty({ enum: ROLES })
  role!: Role;

  /** Whether all keys of the user are refused, whatever their role. */
  disabled!: boolean;

  /** When the user became a member. */
  @ApiTime()
  added_at!: string;

  /** Name of the caller who added them. */
  added_by!: string;
}

export class MemberListDto {
  /** The members of the project, oldest user first. */
  members!: MemberDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}
