import type { Caller } from '../../auth/index.js';
import type { AdmittedExecution } from '../admission/execution-request.js';
import type { Target } from '../admission/execution-targets.js';
import type { CallOutcome } from '../facts/call-outcome.js';
import type { Claim } from '../facts/claim.js';
import type { UsedKey } from '../idempotency/index.js';
import type { AnswerSink } from './answer-sink.js';
import type { ExecutionProtocol } from './execution-protocol.js';

/** A request that a client waits for, and how to answer it. */
export interface AskedRun {
  readonly caller: Caller;
  /** The path of the request, for `instance`. */
  readonly path: string;
  readonly key: UsedKey | null;
  readonly protocol: ExecutionProtocol;
  /** Receives the answer as it streams; null when the client waits for the whole answer. */
  readonly sink: AnswerSink | null;
}

/** An admitted run, with the execution that it may become. Nothing is written yet. */
export interface AdmittedRun {
  readonly asked: AskedRun;
  readonly admitted: AdmittedExecution;
  readonly executionId: string;
  readonly createdAt: Date;
  /** By the monotonic clock. */
  readonly deadlineAtMs: number;
}

/** A run whose execution is in flight and dispatched for the first time. */
export interface BegunRun {
  readonly run: AdmittedRun;
  readonly claim: Claim;
  /** The `max_new_tokens` that a budget has set; null for an unchanged limit. */
  readonly clampedTokens: number | null;
}

/** The last call of a run, which has ended but is not recorded yet. */
export interface EndedCall {
  readonly attempt: number;
  readonly target: Target;
  readonly outcome: CallOutcome;
  /** Whether the execution may have duties, because further attempts may have held money for it. */
  readonly mayHaveDuties: boolean;
}
