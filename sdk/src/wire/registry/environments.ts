import type { PromptRef, VersionRef } from './prompts.js';

/** An experiment that a change has to show. */
export interface ExperimentDemand {
  readonly dataset: string;
  readonly scorers: readonly string[];
  readonly max_age_days: number;
  /** `no_difference` is met by `better` too. */
  readonly verdict: 'better' | 'no_difference';
}

export interface EvidenceDemand {
  readonly experiment: ExperimentDemand;
}

export interface PutEvidenceDemand {
  readonly experiment: Pick<ExperimentDemand, 'dataset' | 'scorers'> &
    Partial<Pick<ExperimentDemand, 'max_age_days' | 'verdict'>>;
}

/** The number of approvals that a change needs, and the roles that may give them. */
export interface Approvals {
  /** 1 to 10. */
  readonly required: number;
  /** Only approvals by members of these teams count; empty: those of every approver. */
  readonly teams: readonly string[];
}

/** The rules of an environment. A label that has none may be used all the same. */
export interface Environment {
  readonly name: string;
  /** Whether nothing runs here but what was approved. */
  readonly protected: boolean;
  readonly approvals: Approvals;
  /** The evidence that a change has to show besides; null for none. */
  readonly evidence: EvidenceDemand | null;
  /** Hours until a change that was opened expires. */
  readonly change_ttl_h: number;
  /** Counts the changes of these rules. */
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface EnvironmentList {
  /** By name. */
  readonly environments: readonly Environment[];
}

/** Members that are left out stay as they were. */
export interface PutEnvironmentRequest {
  readonly protected?: boolean;
  readonly approvals?: Partial<Approvals>;
  readonly evidence?: PutEvidenceDemand | null;
  readonly change_ttl_h?: number;
}

export interface PutEnvironmentResult extends Environment {
  /** Names of prompts that cannot run here until a change brings a version; none unless it is protected. */
  readonly prompts_without_pointer: readonly string[];
}

/** A version of a prompt that runs in an environment. */
export interface PromptEnvironment {
  readonly environment: string;
  readonly version_number: number;
  readonly checksum_hash: string;
  readonly moved_at: string;
  /** Null when there was no notification. */
  readonly moved_by: string | null;
  readonly protected: boolean;
}

export interface PromptEnvironmentList {
  /** By name. */
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
  /** False when the version ran there already. */
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
  /** The change that it was approved by; null for none. */
  readonly change_id: string | null;
  /** Whether that change was applied past its approvals. */
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
