import type { AttemptStatus, ExecutionStatus } from '../../../entities/index.js';

/**
 * All legal moves of an execution; a database test holds every statement to them. `running → queued` is a retry, or a
 * lease that lapsed; `running → canceled` is a stream whose reader has left; what is final stays. Each statement that changes a status names the one it comes from, so a move
 * that is not here matches no row.
 */
export const EXECUTION_MOVES: Readonly<Record<ExecutionStatus, readonly ExecutionStatus[]>> = {
  queued: ['running', 'canceled'],
  running: ['succeeded', 'failed', 'queued', 'canceled'],
  succeeded: [],
  failed: [],
  canceled: [],
};

/**
 * An attempt is born `dispatched`, committed before the call. A process that loses its execution meanwhile is fenced only after the
 * sweep has recorded the outcome as unknown.
 */
export const ATTEMPT_MOVES: Readonly<Record<AttemptStatus, readonly AttemptStatus[]>> = {
  dispatched: ['succeeded', 'failed', 'outcome_unknown'],
  outcome_unknown: ['fenced'],
  succeeded: [],
  failed: [],
  fenced: [],
};
