import type { Caller } from '../../auth/index.js';
import type { AdmittedExecution } from '../admission/execution-request.js';
import type { Target } from '../admission/execution-targets.js';
import type { CallOutcome } from '../facts/call-outcome.js';
import type { Claim } from '../record/claimed-execution.js';
import type { UsedKey } from '../idempotency/index.js';
import type { AnswerSink } from './answer-sink.js';
import type { ExecutionProtocol } from './execution-protocol.js';

/** A run as it is asked: a request that somebody waits for, and the way to answer it. */
export interface AskedRun {
  readonly caller: Caller;
  /** The path of the request, for `instance`. */
  readonly path: string;
  readonly key: UsedKey | null;
  readonly protocol: ExecutionProtocol;
  /** Reads the answer as it comes; null when it is waited for as a whole. */
  readonly sink: AnswerSink | null;
}

/** A run that is admitted, with the execution that it may become. Nothing is written yet. */
export interface AdmittedRun {
  readonly asked: AskedRun;
  readonly admitted: AdmittedExecution;
  readonly executionId: string;
  readonly createdAt: Date;
  /** By the monotonic clock. */
  readonly deadlineAtMs: number;
}

/** A run that has begun: its execution is in flight, and dispatched for the first time. */
export interface BegunRun {
  readonly run: AdmittedRun;
  readonly claim: Claim;
  /** `max_new_tokens` as a budget has brought it down; null: as it was asked for. */
  readonly clampedTokens: number | null;
}

/** The last call of a run, which has ended. That is not written yet. */
export interface EndedCall {
  readonly attempt: number;
  readonly target: Target;
  readonly outcome: CallOutcome;
  /** Whether the execution may have duties: further attempts may have held money for it. */
  readonly mayHaveDuties: boolean;
}
