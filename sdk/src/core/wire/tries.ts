import type { Deadline } from '../deadline.js';
import { ApiError, ConnectionError, OutcomeUnknownError } from '../errors.js';
import { readRetryAfterMs, sleep, waitBefore } from '../waiting.js';
import type { Repeating } from './repeating.js';

/** @param isAfterLost whether an earlier try may have been carried out. */
export type Attempt<T> = (isAfterLost: boolean) => Promise<T>;

export interface Tries {
  readonly deadline: Deadline;
  readonly maxRetries: number;
  readonly repeating: Repeating;
  /** Method and path, for messages. */
  readonly what: string;
}

/**
 * Tries until one succeeds, the tries are used up, or the time is up.
 * @throws the last try's error, or an OutcomeUnknownError when a try may have been carried out and must not be repeated.
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
      // Waiting for the first request with the key, which is still under way, does not count as a retry.
      const isWaiting = error instanceof ApiError && error.code === 'IDEMPOTENCY_IN_FLIGHT';
      if (!isWaiting && !isRetryable(error)) throw error;
      const isLost = !isWaiting && !isUndone(error);
      if (isLost && repeating === 'again') throw new OutcomeUnknownError(what, error);
      if (!isWaiting && retry > maxRetries) throw error;
      const retryAfterMs = error instanceof ApiError ? readRetryAfterMs(error.response.headers) : null;
      const waitMs = waitBefore(retry, retryAfterMs);
      // The current error says more than a time limit that will certainly be missed.
      if (waitMs >= deadline.leftMs) throw error;
      await sleep(waitMs, deadline.signal);
      isAfterLost ||= isLost;
      if (!isWaiting) retry += 1;
    }
  }
}

/** True for a broken connection and the errors that the server's docs/errors.md calls retryable. */
function isRetryable(error: unknown): error is ConnectionError | ApiError {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ApiError)) return false;
  if (error.status === 408 || error.status === 429) return true;
  // A failed execution is the answer, and its key would return it again. An answer without a problem is a proxy's.
  if (error.executionId !== null || (error.problem !== null && error.status !== 503)) return false;
  return [502, 503, 504].includes(error.status) && error.code !== 'PROVIDER_NOT_CONFIGURED';
}

/** Codes of Node and undici for a connection that was never made. Browsers do not report them. */
const NEVER_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Whether the try cannot have had an effect: it reached no server, exceeded a rate limit, or did not arrive whole. A 503
 * `DATABASE_UNAVAILABLE` may have had one, because it also follows a commit whose answer was lost.
 */
function isUndone(error: ConnectionError | ApiError): boolean {
  if (error instanceof ConnectionError) return neverConnected(error.cause);
  return error.status === 429 || error.code === 'REQUEST_TIMEOUT';
}

/** Also checks the cause, where `fetch` puts the reason. */
function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return NEVER_CONNECTED.has((error as { code?: unknown }).code) || neverConnected(error.cause);
}
