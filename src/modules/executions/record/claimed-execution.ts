import type { AllowedModel } from '../../models/index.js';
import type { ProviderMessage, ProviderParams } from '../../providers/index.js';
import type { CallExtras } from '../admission/execution-request.js';
import type { Targets } from '../admission/execution-targets.js';
import type { ValueMask } from '../masking/index.js';
import type { Claim } from '../facts/claim.js';

/** An execution from the queue, with everything that its call needs. */
export interface ClaimedExecution extends Claim {
  readonly targets: Targets<AllowedModel>;
  /** The index of the next target: the one after the model that was called last. */
  readonly nextIndex: number;
  readonly messages: readonly ProviderMessage[];
  /** Masks the values of the answer that must not be stored; null for none. */
  readonly mask: ValueMask | null;
  readonly params: ProviderParams;
  readonly extras: CallExtras;
  readonly timeoutMs: number;
  /** The number of calls before this claim. */
  readonly attemptsMade: number;
  readonly maxAttempts: number;
}

/** An execution whose lease lapsed without a report, and what happened to it. */
export interface SweptExecution {
  readonly executionId: string;
  readonly fence: number;
  readonly status: 'queued' | 'failed';
}
