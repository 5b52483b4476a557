export type ChangeStatus = 'open' | 'approved' | 'applied' | 'rejected' | 'withdrawn' | 'stale' | 'expired';

export interface Evidence {
  readonly type: 'experiment';
  readonly id: string;
}

interface OpenAnyChangeRequest {
  readonly reason: string;
  readonly evidence?: readonly Evidence[] | null;
}

/** Requests another version in a protected environment. */
export interface OpenVersionChangeRequest extends OpenAnyChangeRequest {
  readonly kind?: 'version' | null;
  readonly prompt_name: string;
  readonly environment: string;
  readonly version_number: number;
}

/** Requests the start of a rollout in a protected environment. */
export interface OpenRolloutChangeRequest extends OpenAnyChangeRequest {
  readonly kind: 'rollout';
  /** The id of a draft. */
  readonly rollout_id: string;
}

export type OpenChangeRequest = OpenVersionChangeRequest | OpenRolloutChangeRequest;

export interface ReviewChangeRequest {
  readonly comment?: string | null;
}

export interface ApplyChangeRequest extends ReviewChangeRequest {
  /** Applies the change without its approvals. Only for admins and with a reason; an approver has to review it afterwards. */
  readonly emergency?: boolean;
  /** Required with `emergency`. */
  readonly reason?: string | null;
}

export interface Approval {
  readonly by: string;
  /** `user:` or `key:` with an id, or `instance`. */
  readonly by_id: string;
  readonly at: string;
  readonly comment: string | null;
  /** Whether the approval counts at present. */
  readonly counts: boolean;
}

/** The callers of the prompt in that environment in the last seven days. */
export interface ChangeImpact {
  readonly executions_7d: number;
  readonly keys: readonly {
    readonly key_id: string | null;
    readonly name: string | null;
    readonly executions: number;
  }[];
  readonly teams: readonly { readonly name: string; readonly executions: number }[];
}

export interface ChangeSummary {
  readonly change_id: string;
  readonly kind: 'version' | 'rollout';
  /** The rollout that the change starts; null for kind `version`. */
  readonly rollout_id: string | null;
  readonly status: ChangeStatus;
  readonly prompt_name: string;
  readonly environment: string;
  /** Null when no version ran there. */
  readonly from_version: number | null;
  readonly to_version: number;
  readonly checksum_hash: string;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly opened_by: string;
  /** `user:` or `key:` with an id, or `instance`. */
  readonly opened_by_id: string;
  readonly opened_at: string;
  readonly required_approvals: number;
  /** Only approvals by members of these teams count. Empty means that any approver's count. */
  readonly approval_teams: readonly string[];
  readonly approvals: readonly Approval[];
  readonly expires_at: string;
  readonly closed_at: string | null;
  readonly closed_by: string | null;
  readonly closed_reason: string | null;
  /** Whether the change was applied without its approvals. */
  readonly emergency: boolean;
  /** The review of an emergency change: `open` until an approver has reviewed it. */
  readonly review: 'open' | 'closed' | null;
}

export interface Change extends ChangeSummary {
  /** A unified diff; null for versions that are too long to compare. */
  readonly diff: string | null;
  readonly impact: ChangeImpact;
}

export interface ChangeList {
  /** Newest first. */
  readonly changes: readonly ChangeSummary[];
  readonly next_cursor: string | null;
}

export interface ListChangesQuery {
  readonly status?: ChangeStatus;
  readonly prompt_name?: string;
  readonly environment?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
