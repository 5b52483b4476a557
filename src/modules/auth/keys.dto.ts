import { ArrayNotEmpty, ArrayUnique, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { ApiId, ApiTime, IsTime } from '../../infra/http/index.js';
import { type Scope, SCOPES } from './scopes.js';

export class CreateKeyDto {
  /**
   * What the key is for, as people will see it in lists and in the audit log.
   * @example "checkout-service"
   */
  @IsString()
  @Length(1, 200)
  name!: string;

  /**
   * What the key may do. A key can only hand out scopes that it has itself.
   * @example ["prompts:read", "executions:run"]
   */
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes!: Scope[];

  /**
   * From when on the key is refused, RFC 3339. Left out: never.
   * @example "2027-12-31T23:59:59Z"
   */
  @IsOptional()
  @IsTime()
  expires_at?: string | null;
}

export class KeyDto {
  /** Id of the key; also the middle part of the key itself. */
  @ApiId()
  key_id!: string;

  /** What the key is for. */
  name!: string;

  /** What the key may do. */
  scopes!: Scope[];

  /** When it was made. */
  @ApiTime()
  created_at!: string;

  /** From when on it is refused; null for never. */
  @ApiTime()
  expires_at!: string | null;

  /** When it was revoked; null while it is not. */
  @ApiTime()
  revoked_at!: string | null;

  /** When it was last used, to about a minute; null for never. */
  @ApiTime()
  last_used_at!: string | null;
}

export class CreatedKeyDto extends KeyDto {
  /** The key itself. It is shown this once and cannot be had again. */
  key!: string;
}

export class KeyListDto {
  /** All keys of the project, revoked ones too, newest first. */
  keys!: KeyDto[];
}
