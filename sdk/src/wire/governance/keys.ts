import type { Role, Scope } from './roles.js';

/** A minute; 0 for no limit, null for the default of the service. */
export interface KeyRateLimits {
  readonly requests_per_minute: number | null;
  /** Tokens of prompts and answers. */
  readonly tokens_per_minute: number | null;
}

export interface CreateKeyRequest {
  readonly name: string;
  /** Either these or `role`. */
  readonly scopes?: readonly Scope[] | null;
  /** The key may do whatever this role may, also when that changes with a later release. */
  readonly role?: Role | null;
  /** The user whom the key belongs to. Left out: the user of the key that makes it, if it has one. */
  readonly user_id?: string | null;
  /** Null or left out: never. */
  readonly expires_at?: string | null;
  /** Left out or null: the default of the service. */
  readonly rate_limits?: Partial<KeyRateLimits> | null;
}

export interface RotateKeyRequest {
  /** The seconds for which the present secret goes on working; 0 ends it at once. Default: a day. */
  readonly overlap_s?: number;
}

export interface ChangeKeyRequest {
  /** Members that are left out stay as they are. */
  readonly rate_limits: Partial<KeyRateLimits>;
}

export interface Key {
  readonly key_id: string;
  readonly name: string;
  /** The scopes of the key itself; its user may be allowed less. */
  readonly scopes: readonly Scope[];
  /** Null for a key with scopes of its own. */
  readonly role: Role | null;
  /** Null for a key without an owner. */
  readonly user_id: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** To about a minute; null for never. */
  readonly last_used_at: string | null;
  readonly rate_limits: KeyRateLimits;
  /** Until when the secret before the last rotation works. */
  readonly previous_until: string | null;
}

export interface CreatedKey extends Key {
  /** The key itself, shown this once. */
  readonly key: string;
}

export interface KeyList {
  readonly keys: readonly Key[];
}
