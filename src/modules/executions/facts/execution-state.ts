import type { AttemptStatus, ExecutionStatus } from '../../../entities/index.js';

/**
 * All legal moves of an execution; a database test holds every statement to them. `running → queued` is a retry or a lapsed
 * lease, and `running → canceled` is a stream whose reader has left. Each statement that changes a status names the one it
 * comes from, so an unlisted move matches no row.
 */
export const EXECUTION_MOVES: Readonly<Record<ExecutionStatus, readonly ExecutionStatus[]>> = {
  queued: ['running', 'canceled'],
  running: ['succeeded', 'failed', 'queued', 'canceled'],
  succeeded: [],
  failed: [],
  canceled: [],
};

/**
 * An attempt starts as `dispatched`, committed before the call. A process that loses its execution meanwhile is fenced only
 * after the sweep has recorded the outcome as unknown.
 */
export const ATTEMPT_MOVES: Readonly<Record<AttemptStatus, readonly AttemptStatus[]>> = {
  dispatched: ['succeeded', 'failed', 'outcome_unknown'],
  outcome_unknown: ['fenced'],
  succeeded: [],
  failed: [],
  fenced: [],
};
