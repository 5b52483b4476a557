import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
} from 'class-validator';
import { type Role, ROLES } from '../../../entities/index.js';
import { ApiId, ApiInteger, ApiTime, IsTime, Nested } from '../../../infra/http/index.js';
import { type Scope, SCOPES } from '../roles/scopes.js';

/** A month: long enough for any deployment, and no second key for good. */
const MAX_OVERLAP_S = 30 * 24 * 3600;
const DEFAULT_OVERLAP_S = 24 * 3600;
const MAX_A_MINUTE = 1_000_000_000;

export class KeyRateLimitsDto {
  /**
   * Executions a minute that the key may ask for; 0 for no limit, null for `RATE_LIMIT_KEY_REQUESTS`.
   * @example 100
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_A_MINUTE)
  @ApiPropertyOptional({ type: 'integer', nullable: true })
  requests_per_minute?: number | null;

  /**
   * Tokens a minute, of prompts and answers, that the key's executions may use; 0 for no limit, null for `RATE_LIMIT_KEY_TOKENS`.
   * @example 50000
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_A_MINUTE)
  @ApiPropertyOptional({ type: 'integer', nullable: true })
  tokens_per_minute?: number | null;
}

export class CreateKeyDto {
  /**
   * The purpose of the key, as people will see it in lists and in the audit log.
   * @example "checkout-service"
   */
  @IsString()
  @Length(1, 200)
  name!: string;

  /**
   * The scopes of the key. A key can only hand out scopes that it has itself. Send either this or `role`.
   * @example ["prompts:read", "executions:run"]
   */
  @IsOptional()
  @ArrayNotEmpty()
  @ArrayMaxSize(SCOPES.length)
  @ApiPropertyOptional({ enum: SCOPES, isArray: true, maxItems: SCOPES.length, nullable: true })
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes?: Scope[] | null;

  /** In place of `scopes`: the key may do what this role may, also when that changes with a later release. */
  @IsOptional()
  @IsIn(ROLES)
  @ApiPropertyOptional({ enum: ROLES, nullable: true, example: null })
  role?: Role | null;

  /**
   * The user whom the key belongs to: a member, whose role bounds what the key may do from then on. Default: the user of the key that
   * makes it, if it has one. Naming another user takes `members:write` and a service account; the instance may name any user.
   */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, example: null })
  user_id?: string | null;

  /**
   * From when on the key is refused, RFC 3339. Null: never. Default: the expiry of the key that makes it, which it cannot exceed.
   * @example "2027-12-31T23:59:59Z"
   */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  expires_at?: string | null;

  /**
   * Rate limits of its own; null in them is the default of the service. What is left out is that default too, or the limit of
   * the key that makes it, if that is less. What the key uses counts against the limits of that key as well.
   */
  @IsOptional()
  @Nested(() => KeyRateLimitsDto)
  @ApiPropertyOptional({ type: KeyRateLimitsDto, nullable: true })
  rate_limits?: KeyRateLimitsDto | null;
}

export class RotateKeyDto {
  /** The seconds for which the present secret goes on working beside the new one; 0 ends it at once. */
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_S)
  @ApiPropertyOptional({ type: 'integer', default: DEFAULT_OVERLAP_S, example: DEFAULT_OVERLAP_S })
  overlap_s: number = DEFAULT_OVERLAP_S;
}

export class ChangeKeyDto {
  /** New rate limits: what is left out of them stays as it is, and null is the default of the service again. */
  @Nested(() => KeyRateLimitsDto)
  rate_limits!: KeyRateLimitsDto;
}

export class KeyRateLimitsViewDto {
  /** Executions a minute; 0 for no limit, null for the default of the service. */
  @ApiInteger()
  requests_per_minute!: number | null;

  /** Tokens a minute; 0 for no limit, null for the default of the service. */
  @ApiInteger()
  tokens_per_minute!: number | null;
}

export class KeyDto {
  /** Id of the key; also the middle part of the key itself. */
  @ApiId()
  key_id!: string;

  /** The purpose of the key. */
  name!: string;

  /** The scopes of the key itself; of a key with a role, those that the role has today. Its user may be allowed less. */
  scopes!: Scope[];

  /** The role that it was made with; null for a key with scopes of its own. */
  @ApiProperty({ enum: ROLES, nullable: true })
  role!: Role | null;

  /** Id of the user whose key it is; null for one without an owner. */
  @ApiId()
  user_id!: string | null;

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

  /** Until when the secret before the last rotation works; null for one that was never rotated with an overlap. */
  @ApiTime()
  previous_until!: string | null;

  /** The rate limits of its own. */
  rate_limits!: KeyRateLimitsViewDto;

  /** Id of the key that made it, whose limits and budgets it uses up too; null when an admin made it. */
  @ApiId()
  made_by!: string | null;
}

export class CreatedKeyDto extends KeyDto {
  /** The key itself. It is shown this once and cannot be had again. */
  key!: string;
}

export class KeyListDto {
  /** All keys of the project, revoked ones too, newest first. */
  keys!: KeyDto[];
}
