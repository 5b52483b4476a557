export type Scope =
  | 'prompts:read'
  | 'prompts:write'
  | 'executions:run'
  | 'executions:read'
  | 'analytics:read'
  | 'models:write'
  | 'keys:write'
  | 'budgets:write';

export interface CreateKeyRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null or left out: never. */
  readonly expires_at?: string | null;
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
}

export interface CreatedKey extends Key {
  /** The key itself, shown this once. */
  readonly key: string;
}

export interface KeyList {
  readonly keys: readonly Key[];
}
