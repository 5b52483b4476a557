import type { ExecutionErrorType } from '../../../entities/index.js';
import { LONGEST_RETRY_AFTER_MS } from '../../../kernel/index.js';

/** Whether, and when, a failed call is made again. Nothing here knows of rows or timers. */

/** The facts about a failed call that decide about another try. */
export interface RetriedFailure {
  readonly kind: ExecutionErrorType;
  /** The provider's own word; null or left out: none. */
  readonly shouldRetry?: boolean | null;
}

export interface AsyncRetry {
  /** Calls made so far, at least 1. */
  readonly attemptsMade: number;
  /** The time that the provider asks us to wait; null when it does not ask. */
  readonly retryAfterMs: number | null;
  /** `RETRY_WAITS_MS`, at least one; the last repeats. */
  readonly waitsMs: readonly number[];
  /** From 0 to below 1. */
  readonly random: number;
}

export interface RunRetry extends RetriedFailure {
  readonly attemptsMade: number;
  readonly retryAfterMs: number | null;
  /** Until the deadline of the request. */
  readonly remainingMs: number;
  readonly random: number;
}

const RETRYABLE: readonly ExecutionErrorType[] = ['timeout', 'rate_limited', 'provider_error', 'connection'];

/** Waits of a run are short, because a client waits for it. The deadline decides how many there are. */
const RUN_WAITS_MS = [200, 800, 2000] as const;

/** Spreads retries, so that calls that failed together do not return together. */
const JITTER = 0.2;

/** The least time that has to be left for the call itself, absolutely and as a share of the rest. */
export const LEAST_CALL_MS = 100;
const LEAST_CALL_PART = 0.1;

/** Whether another call may end otherwise. What is not known to have failed (`outcome_unknown`) is not for this to say. */
export function isRetryable(kind: ExecutionErrorType): boolean {
  return RETRYABLE.includes(kind);
}

/** The same of a call of the same model, of which its provider may know better. */
export function isRetryableThere({ kind, shouldRetry = null }: RetriedFailure): boolean {
  return shouldRetry ?? isRetryable(kind);
}

/** The same of a call of another model, which owes nothing to what the first one says of itself. */
export function isRetryableElsewhere({ kind, shouldRetry = null }: RetriedFailure): boolean {
  return isRetryable(kind) || shouldRetry === true;
}

/** The wait of an execution in the queue, in whole milliseconds. */
export function waitBeforeRetryMs({ attemptsMade, retryAfterMs, waitsMs, random }: AsyncRetry): number {
  const askedMs = Math.min(askedWaitMs(retryAfterMs), LONGEST_RETRY_AFTER_MS);
  return jitteredWaitMs(waitAt(waitsMs, attemptsMade), askedMs, random);
}

/**
 * The wait before another call of a run, in whole milliseconds; null when there is no point in one: it would fail again, or the time
 * would be up before the provider has had a chance. A time-out is final too: it has used up the deadline, or a provider that went
 * silent would be given the rest of it as well.
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

/** An adapter from outside the tree may hand over anything, NaN too. */
function askedWaitMs(retryAfterMs: number | null): number {
  return retryAfterMs !== null && retryAfterMs > 0 ? retryAfterMs : 0;
}

/** Never waits less than was asked for, and spreads callers that were all asked for the same wait. */
function jitteredWaitMs(waitMs: number, askedMs: number, random: number): number {
  const usualMs = waitMs * (1 - JITTER + 2 * JITTER * random);
  const spreadMs = askedMs === 0 ? 0 : waitMs * JITTER * random;
  return Math.ceil(Math.max(usualMs, askedMs + spreadMs));
}
