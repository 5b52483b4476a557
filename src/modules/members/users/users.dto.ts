import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsIn, IsOptional, IsString, Length, ValidateIf } from 'class-validator';
import { USER_KINDS, type UserKind } from '../../../entities/index.js';
import { ApiId, ApiTime, PageQueryDto } from '../../../infra/http/index.js';

export class CreateUserDto {
  /** A `person` signs in; a `service` account only has keys. */
  @IsIn(USER_KINDS)
  @ApiProperty({ enum: USER_KINDS, example: 'service' })
  kind!: UserKind;

  /**
   * The display name.
   * @example "Nightly evaluation"
   */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** Unique in the instance, ignoring case. Required for a person. */
  @ValidateIf(({ kind, email }: CreateUserDto) => kind === 'person' || email != null)
  @IsEmail()
  @Length(3, 254)
  @ApiPropertyOptional({ type: String, format: 'email', nullable: true, example: null })
  email?: string | null;
}

export class UpdateUserDto {
  /** True refuses all keys of the user within 5 seconds, in every project. False allows them again. */
  @IsBoolean()
  @ApiProperty({ example: false })
  disabled!: boolean;
}

export class UserDto {
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

  /** Whether all keys of the user are refused. */
  disabled!: boolean;

  /** Since when the keys are refused; null while they are not. */
  @ApiTime()
  disabled_at!: string | null;

  /** When the user was created. */
  @ApiTime()
  created_at!: string;
}

export class UserListDto {
  /** Oldest first. */
  users!: UserDto[];

  /** The `cursor` of the next page; null on the last one. */
  next_cursor!: string | null;
}

export class ListUsersQueryDto extends PageQueryDto {
  /** Only people, or only service accounts. */
  @IsOptional()
  @IsIn(USER_KINDS)
  @ApiPropertyOptional({ enum: USER_KINDS })
  kind?: UserKind;
}
