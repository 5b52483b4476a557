import type { AllowedModel } from '../../models/index.js';
import type { ProviderMessage, ProviderParams } from '../../providers/index.js';
import type { CallExtras } from '../admission/execution-request.js';
import type { Targets } from '../admission/execution-targets.js';
import type { ValueMask } from '../masking/index.js';

/** Proof of holding an execution. A holder with an older fence has lost it. */
export interface Claim {
  readonly projectId: string;
  readonly executionId: string;
  readonly fence: number;
  /**
   * False when its ending surely has nothing to do besides: then it takes the fast statement. A hint: the row in flight decides.
   */
  readonly mayHaveDuties?: boolean;
}

/** Taken from the queue, with all that its call needs. */
export interface ClaimedExecution extends Claim {
  readonly targets: Targets<AllowedModel>;
  /** Which of them is next: the one behind the model that was called last. */
  readonly nextIndex: number;
  readonly messages: readonly ProviderMessage[];
  /** The rules for values of the answer that must not be stored; null when there are none. */
  readonly mask: ValueMask | null;
  readonly params: ProviderParams;
  readonly extras: CallExtras;
  readonly timeoutMs: number;
  /** Calls that were made before this claim. */
  readonly attemptsMade: number;
  readonly maxAttempts: number;
}

/** An execution whose lease lapsed without a report, and what became of it. */
export interface SweptExecution {
  readonly executionId: string;
  readonly fence: number;
  readonly status: 'queued' | 'failed';
}
