import type { PromptRef, VersionRef } from './prompts.js';

/** An experiment that a change requires as evidence. */
export interface ExperimentDemand {
  readonly dataset: string;
  readonly scorers: readonly string[];
  readonly max_age_days: number;
  /** `better` also satisfies `no_difference`. */
  readonly verdict: 'better' | 'no_difference';
}

export interface EvidenceDemand {
  readonly experiment: ExperimentDemand;
}

export interface PutEvidenceDemand {
  readonly experiment: Pick<ExperimentDemand, 'dataset' | 'scorers'> &
    Partial<Pick<ExperimentDemand, 'max_age_days' | 'verdict'>>;
}

/** How many approvals a change needs, and from which teams. */
export interface Approvals {
  /** 1 to 10. */
  readonly required: number;
  /** Only approvals by members of these teams count. Empty means that any approver's count. */
  readonly teams: readonly string[];
}

/** The rules of an environment. A label without rules may be used too. */
export interface Environment {
  readonly name: string;
  /** Whether only approved versions run here. */
  readonly protected: boolean;
  readonly approvals: Approvals;
  /** The evidence that a change also requires; null for none. */
  readonly evidence: EvidenceDemand | null;
  /** The hours after which an open change expires. */
  readonly change_ttl_h: number;
  /** Counts the changes to these rules. */
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface EnvironmentList {
  /** Ordered by name. */
  readonly environments: readonly Environment[];
}

/** Omitted members stay unchanged. */
export interface PutEnvironmentRequest {
  readonly protected?: boolean;
  readonly approvals?: Partial<Approvals>;
  readonly evidence?: PutEvidenceDemand | null;
  readonly change_ttl_h?: number;
}

export interface PutEnvironmentResult extends Environment {
  /** Prompts that cannot run here until a change brings a version. Empty unless the environment is protected. */
  readonly prompts_without_pointer: readonly string[];
}

/** A version of a prompt that runs in an environment. */
export interface PromptEnvironment {
  readonly environment: string;
  readonly version_number: number;
  readonly checksum_hash: string;
  readonly moved_at: string;
  /** The name of the caller who moved it; null when it is unknown. */
  readonly moved_by: string | null;
  readonly protected: boolean;
}

export interface PromptEnvironmentList {
  /** Ordered by name. */
  readonly environments: readonly PromptEnvironment[];
}

export interface MovePointerRequest {
  readonly version_number: number;
  readonly reason?: string | null;
}

export interface MovedPointer {
  readonly prompt: PromptRef;
  readonly environment: string;
  readonly version: VersionRef;
  /** False when the version already ran there. */
  readonly moved: boolean;
}

export interface PointerMove {
  readonly environment: string;
  /** Null when no version ran there before. */
  readonly from_version: number | null;
  readonly to_version: number;
  readonly moved_by: string | null;
  readonly moved_at: string;
  readonly reason: string | null;
  /** The change that approved the move; null for none. */
  readonly change_id: string | null;
  /** Whether that change was applied without its approvals. */
  readonly emergency: boolean;
}

export interface PointerMoveList {
  /** Newest first. */
  readonly moves: readonly PointerMove[];
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

export interface ListMovesQuery {
  readonly environment?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
