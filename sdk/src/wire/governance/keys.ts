import type { Role, Scope } from './roles.js';

/** Limits per minute; 0 for none, null for the service's default. */
export interface KeyRateLimits {
  readonly requests_per_minute: number | null;
  /** Counts the tokens of prompts and answers. */
  readonly tokens_per_minute: number | null;
}

export interface CreateKeyRequest {
  readonly name: string;
  /** Either `scopes` or `role`. */
  readonly scopes?: readonly Scope[] | null;
  /** The role whose permissions the key has, including later changes to the role. */
  readonly role?: Role | null;
  /** The user that owns the key. Default: the user of the key that creates it, if it has one. */
  readonly user_id?: string | null;
  /** Default or null: never. */
  readonly expires_at?: string | null;
  /** Default or null: the service's limits. */
  readonly rate_limits?: Partial<KeyRateLimits> | null;
}

export interface RotateKeyRequest {
  /** How many seconds the current secret keeps working; 0 ends it at once. Default: a day. */
  readonly overlap_s?: number;
}

export interface ChangeKeyRequest {
  /** Omitted members stay unchanged. */
  readonly rate_limits: Partial<KeyRateLimits>;
}

export interface Key {
  readonly key_id: string;
  readonly name: string;
  /** The scopes of the key itself; its user may have fewer. */
  readonly scopes: readonly Scope[];
  /** Null for a key with scopes of its own. */
  readonly role: Role | null;
  /** Null for a key without an owner. */
  readonly user_id: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** Accurate to about a minute; null for never. */
  readonly last_used_at: string | null;
  readonly rate_limits: KeyRateLimits;
  /** When the previous secret stops working after a rotation. */
  readonly previous_until: string | null;
}

export interface CreatedKey extends Key {
  /** The key itself, shown only this once. */
  readonly key: string;
}

export interface KeyList {
  readonly keys: readonly Key[];
}
