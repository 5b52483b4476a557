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

/** A month: long enough for any deployment, but not a permanent second key. */
const MAX_OVERLAP_S = 30 * 24 * 3600;
const DEFAULT_OVERLAP_S = 24 * 3600;
const MAX_A_MINUTE = 1_000_000_000;

export class KeyRateLimitsDto {
  /**
   * Executions per minute that the key may request; 0 for no limit, null for `RATE_LIMIT_KEY_REQUESTS`.
   * @example 100
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_A_MINUTE)
  @ApiPropertyOptional({ type: 'integer', nullable: true })
  requests_per_minute?: number | null;

  /**
   * Tokens per minute, of prompts and answers, that the key's executions may use; 0 for no limit, null for `RATE_LIMIT_KEY_TOKENS`.
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
   * The purpose of the key, as shown in lists and in the audit log.
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

  /** Used instead of `scopes`: the key may do what this role may, even if a later release changes the role. */
  @IsOptional()
  @IsIn(ROLES)
  @ApiPropertyOptional({ enum: ROLES, nullable: true, example: null })
  role?: Role | null;

  /**
   * The user who owns the key: a member, whose role bounds what the key may do from then on. Default: the owner of the creating key, if it
   * has one. Naming another user requires `members:write` and a service account. The instance may name any user.
   */
  @IsOptional()
  @IsUUID()
  @ApiPropertyOptional({ type: String, format: 'uuid', nullable: true, example: null })
  user_id?: string | null;

  /**
   * When the key expires, RFC 3339. Null: never. Default, and maximum: the expiry of the creating key.
   * @example "2027-12-31T23:59:59Z"
   */
  @IsOptional()
  @IsTime()
  @ApiPropertyOptional({ type: String, format: 'date-time', nullable: true })
  expires_at?: string | null;

  /**
   * The key's own rate limits. Null stands for the service's default. A limit left out is that default too, or the creating key's limit if
   * that is lower. What the key uses counts against the creating key's limits as well.
   */
  @IsOptional()
  @Nested(() => KeyRateLimitsDto)
  @ApiPropertyOptional({ type: KeyRateLimitsDto, nullable: true })
  rate_limits?: KeyRateLimitsDto | null;
}

export class RotateKeyDto {
  /** Seconds for which the current secret still works beside the new one. 0 ends it at once. */
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_S)
  @ApiPropertyOptional({ type: 'integer', default: DEFAULT_OVERLAP_S, example: DEFAULT_OVERLAP_S })
  overlap_s: number = DEFAULT_OVERLAP_S;
}

export class ChangeKeyDto {
  /** New rate limits. A limit left out stays as it is, and null restores the service's default. */
  @Nested(() => KeyRateLimitsDto)
  rate_limits!: KeyRateLimitsDto;
}

export class KeyRateLimitsViewDto {
  /** Executions per minute; 0 for no limit, null for the service's default. */
  @ApiInteger()
  requests_per_minute!: number | null;

  /** Tokens per minute; 0 for no limit, null for the service's default. */
  @ApiInteger()
  tokens_per_minute!: number | null;
}

export class KeyDto {
  /** Id of the key; also the middle part of the key itself. */
  @ApiId()
  key_id!: string;

  /** The purpose of the key. */
  name!: string;

  /** The scopes of the key itself. For a key with a role, those that the role has today. Its owner may be allowed less. */
  scopes!: Scope[];

  /** The role that the key was created with; null for a key with its own scopes. */
  @ApiProperty({ enum: ROLES, nullable: true })
  role!: Role | null;

  /** Id of the user who owns the key; null for a key without an owner. */
  @ApiId()
  user_id!: string | null;

  /** When the key was created. */
  @ApiTime()
  created_at!: string;

  /** When the key expires; null for never. */
  @ApiTime()
  expires_at!: string | null;

  /** When the key was revoked; null while it is not. */
  @ApiTime()
  revoked_at!: string | null;

  /** When the key was last used, to about a minute; null for never. */
  @ApiTime()
  last_used_at!: string | null;

  /** When the secret before the last rotation stops working; null for a key never rotated with an overlap. */
  @ApiTime()
  previous_until!: string | null;

  /** The key's own rate limits. */
  rate_limits!: KeyRateLimitsViewDto;

  /** Id of the creating key, whose limits and budgets this key uses too; null when an admin created it. */
  @ApiId()
  made_by!: string | null;
}

export class CreatedKeyDto extends KeyDto {
  /** The key itself. It is shown only once and cannot be retrieved later. */
  key!: string;
}

export class KeyListDto {
  /** All keys of the project, including revoked ones, newest first. */
  keys!: KeyDto[];
}
