export type Scope =
  | 'prompts:read'
  | 'prompts:write'
  | 'executions:run'
  | 'executions:read'
  | 'analytics:read'
  | 'models:write'
  | 'keys:write'
  | 'budgets:write';

/** A minute; 0 for no limit, null for the default of the service. */
export interface KeyRateLimits {
  readonly requests_per_minute: number | null;
  /** Tokens of prompts and answers. */
  readonly tokens_per_minute: number | null;
}

export interface CreateKeyRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null or left out: never. */
  readonly expires_at?: string | null;
  /** What is left out or null is the default of the service. */
  readonly rate_limits?: Partial<KeyRateLimits> | null;
}

export interface ChangeKeyRequest {
  /** What is left out stays as it is. */
  readonly rate_limits: Partial<KeyRateLimits>;
}

export interface Key {
  readonly key_id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  /** To about a minute; null for never. */
  readonly last_used_at: string | null;
  readonly rate_limits: KeyRateLimits;
}

export interface CreatedKey extends Key {
  /** The key itself, shown this once. */
  readonly key: string;
}

export interface KeyList {
  readonly keys: readonly Key[];
}
