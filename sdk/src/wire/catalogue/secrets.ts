export interface PutSecretRequest {
  readonly api_key: string;
  /** Default or null: the address that the operator configured. */
  readonly base_url?: string | null;
}

/** A project's own key for a provider, without the key. */
export interface Secret {
  readonly provider: string;
  /** `sha256:` and the first 16 hexadecimal digits of the key's SHA-256. */
  readonly fingerprint: string;
  readonly base_url: string | null;
  /** The only host that the key is sent to. */
  readonly host: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface SecretList {
  /** Ordered by provider. */
  readonly secrets: readonly Secret[];
}
