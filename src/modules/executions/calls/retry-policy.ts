import type { ExecutionErrorType } from '../../../entities/index.js';
import { LONGEST_RETRY_AFTER_MS } from '../../../kernel/index.js';

/** Decides whether and when a failed call is retried, without access to the database or timers. */

/** The facts about a failed call that decide about a retry. */
export interface RetriedFailure {
  readonly kind: ExecutionErrorType;
  /** What the provider itself says about a retry; null or left out when it says nothing. */
  readonly shouldRetry?: boolean | null;
}

export interface AsyncRetry {
  /** Calls made so far, at least 1. */
  readonly attemptsMade: number;
  /** The time that the provider asks us to wait; null when it does not ask. */
  readonly retryAfterMs: number | null;
  /** `RETRY_WAITS_MS`, with at least one entry; the last one repeats. */
  readonly waitsMs: readonly number[];
  /** From 0 to below 1. */
  readonly random: number;
}

export interface RunRetry extends RetriedFailure {
  readonly attemptsMade: number;
  readonly retryAfterMs: number | null;
  /** Milliseconds until the deadline of the request. */
  readonly remainingMs: number;
  readonly random: number;
}

const RETRYABLE: readonly ExecutionErrorType[] = ['timeout', 'rate_limited', 'provider_error', 'connection'];

/** The waits of a run are short, because a client waits for it. The deadline decides how many there are. */
const RUN_WAITS_MS = [200, 800, 2000] as const;

/** Spreads retries, so that calls that failed together do not return together. */
const JITTER = 0.2;

/** The least time that must be left for the call itself, in milliseconds and as a share of the rest. */
export const LEAST_CALL_MS = 100;
const LEAST_CALL_PART = 0.1;

/** Whether another call may succeed. Does not cover `outcome_unknown`, where the call may not have failed. */
export function isRetryable(kind: ExecutionErrorType): boolean {
  return RETRYABLE.includes(kind);
}

/** Whether to retry with the same model, about which the provider's own word takes precedence. */
export function isRetryableThere({ kind, shouldRetry = null }: RetriedFailure): boolean {
  return shouldRetry ?? isRetryable(kind);
}

/** Whether to try another model, which the provider's advice against a retry does not concern. */
export function isRetryableElsewhere({ kind, shouldRetry = null }: RetriedFailure): boolean {
  return isRetryable(kind) || shouldRetry === true;
}

/** Returns the wait of a queued execution, in whole milliseconds. */
export function waitBeforeRetryMs({ attemptsMade, retryAfterMs, waitsMs, random }: AsyncRetry): number {
  const askedMs = Math.min(askedWaitMs(retryAfterMs), LONGEST_RETRY_AFTER_MS);
  return jitteredWaitMs(waitAt(waitsMs, attemptsMade), askedMs, random);
}

/**
 * Returns the wait before another call of a run, in whole milliseconds. Null means no retry: the call would fail again, or the
 * time would be up before the provider has had a chance. A timeout is final, because it has used up the deadline, or because
 * the rest of it would go to a provider that fell silent.
 */
export function runRetryWaitMs({
  kind,
  shouldRetry = null,
  attemptsMade,
  retryAfterMs,
  remainingMs,
  random,
}: RunRetry): number | null {
  if (!isRetryableThere({ kind, shouldRetry }) || kind === 'timeout') return null;
  const waitMs = jitteredWaitMs(waitAt(RUN_WAITS_MS, attemptsMade), askedWaitMs(retryAfterMs), random);
  const callMs = Math.max(LEAST_CALL_MS, remainingMs * LEAST_CALL_PART);
  return waitMs + callMs <= remainingMs ? waitMs : null;
}

function waitAt(waitsMs: readonly number[], attemptsMade: number): number {
  return waitsMs[Math.min(attemptsMade, waitsMs.length) - 1] ?? 0;
}

/** Validates the value, because a third-party adapter may pass anything, even NaN. */
function askedWaitMs(retryAfterMs: number | null): number {
  return retryAfterMs !== null && retryAfterMs > 0 ? retryAfterMs : 0;
}

/** Never waits less than the provider asked for, and spreads callers that were all given the same wait. */
function jitteredWaitMs(waitMs: number, askedMs: number, random: number): number {
  const usualMs = waitMs * (1 - JITTER + 2 * JITTER * random);
  const spreadMs = askedMs === 0 ? 0 : waitMs * JITTER * random;
  return Math.ceil(Math.max(usualMs, askedMs + spreadMs));
}
