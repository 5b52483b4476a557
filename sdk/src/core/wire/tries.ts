import type { Deadline } from '../deadline.js';
import { ApiError, ConnectionError, OutcomeUnknownError } from '../errors.js';
import { parseRetryAfterMs, sleep, waitBefore } from '../waiting.js';
import type { Repeating } from './repeating.js';

/** @param isAfterLost whether an earlier try may have been carried out. */
export type Attempt<T> = (isAfterLost: boolean) => Promise<T>;

export interface Tries {
  readonly deadline: Deadline;
  readonly maxRetries: number;
  readonly repeating: Repeating;
  /** Method and path, for a message. */
  readonly what: string;
}

/**
 * Tries until it works, the tries are used up, or the time is.
 * @throws what the last try threw; an OutcomeUnknownError where a try may have been carried out and must not happen twice.
 */
export async function tryUntilOver<T>(
  attempt: Attempt<T>,
  { deadline, maxRetries, repeating, what }: Tries,
): Promise<T> {
  let isAfterLost = false;
  for (let retry = 1; ;) {
    try {
      return await attempt(isAfterLost);
    } catch (error) {
      // While the first request with the key is still being worked on, waiting for its answer is no new try.
      const isWaiting = error instanceof ApiError && error.code === 'IDEMPOTENCY_IN_FLIGHT';
      if (!isWaiting && !isRetryable(error)) throw error;
      const isLost = !isWaiting && !isUndone(error);
      if (isLost && repeating === 'again') throw new OutcomeUnknownError(what, error);
      if (!isWaiting && retry > maxRetries) throw error;
      const retryAfterMs = error instanceof ApiError ? parseRetryAfterMs(error.response.headers) : null;
      const waitMs = waitBefore(retry, retryAfterMs);
      // The error at hand says more than a time limit that is known to be missed.
      if (waitMs >= deadline.leftMs) throw error;
      await sleep(waitMs, deadline.signal);
      isAfterLost ||= isLost;
      if (!isWaiting) retry += 1;
    }
  }
}

/** A connection that broke, and what docs/errors.md of the server says to try again. */
function isRetryable(error: unknown): error is ConnectionError | ApiError {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ApiError)) return false;
  if (error.status === 408 || error.status === 429) return true;
  // An execution that failed is the answer, and its key gives it again; something without a problem is a proxy's.
  if (error.executionId !== null || (error.problem !== null && error.status !== 503)) return false;
  return [502, 503, 504].includes(error.status) && error.code !== 'PROVIDER_NOT_CONFIGURED';
}

/** Codes of Node and undici for a connection that was never made. A browser says nothing of it. */
const NEVER_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Whether the try cannot have done anything: it reached nobody, was one too many, or did not arrive as a whole. A 503
 * `DATABASE_UNAVAILABLE` is none of these, since a commit whose answer is lost ends in it too.
 */
function isUndone(error: ConnectionError | ApiError): boolean {
  if (error instanceof ConnectionError) return neverConnected(error.cause);
  return error.status === 429 || error.code === 'REQUEST_TIMEOUT';
}

/** `fetch` has the reason in its cause. */
function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return NEVER_CONNECTED.has((error as { code?: unknown }).code) || neverConnected(error.cause);
}
