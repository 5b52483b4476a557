import type { StoredMessage } from '../../entities/index.js';
import type { ProviderParams } from '../providers/index.js';

/** What holds an execution: whoever shows an older fence has lost it. */
export interface Claim {
  readonly projectId: string;
  readonly executionId: string;
  readonly fence: number;
}

/** Taken from the queue, with all that its call needs. */
export interface ClaimedExecution extends Claim {
  readonly provider: string;
  readonly modelName: string;
  readonly messages: readonly StoredMessage[];
  readonly params: ProviderParams;
  readonly timeoutMs: number;
  /** Calls that were made before this claim. */
  readonly attemptsMade: number;
  readonly maxAttempts: number;
}

/** What the sweep found nobody reporting on, and what became of it. */
export interface SweptExecution {
  readonly executionId: string;
  readonly fence: number;
  readonly status: 'queued' | 'failed';
}
