export interface AuditEntry {
  readonly audit_id: string;
  readonly at: string;
  readonly actor: {
    /** `key` means a key without an owner; `instance` means the key in the environment variables. */
    readonly kind: 'person' | 'service' | 'key' | 'instance';
    readonly id: string | null;
    readonly key_id: string | null;
    /** The name at that time. */
    readonly name: string;
  };
  readonly from_address: string | null;
  /** For example `prompt.put`. */
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string | null; readonly name: string | null };
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly reason: string | null;
}

export interface AuditList {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  readonly next_cursor: string | null;
}

export interface ListAuditQuery {
  /** The id of a user or a key, or a name as shown in entries. */
  readonly actor?: string;
  readonly action?: string;
  /** `type/name`, such as `prompt/welcome`, or an id. */
  readonly subject?: string;
  /** Inclusive. */
  readonly from?: Date | string;
  /** Exclusive. */
  readonly to?: Date | string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
