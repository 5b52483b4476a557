import type { Deadline } from '../deadline.js';
import { ApiError, ConnectionError } from '../errors.js';
import { retryAfterMsOf, sleep, waitBefore } from '../waiting.js';

/** Tries until it works, the tries are used up, or the time is. @throws what the last try threw */
export async function tryUntilOver<T>(
  attempt: () => Promise<T>,
  deadline: Deadline,
  maxRetries: number,
): Promise<T> {
  for (let retry = 1; ;) {
    try {
      return await attempt();
    } catch (error) {
      // While the first request with the key is still being worked on, waiting for its answer is no new try.
      const isWaiting = error instanceof ApiError && error.code === 'IDEMPOTENCY_IN_FLIGHT';
      if (!isWaiting && (retry > maxRetries || !isRetryable(error))) throw error;
      const retryAfterMs = error instanceof ApiError ? retryAfterMsOf(error.response.headers) : null;
      const waitMs = waitBefore(retry, retryAfterMs);
      // The error at hand says more than a time limit that is known to be missed.
      if (waitMs >= deadline.leftMs) throw error;
      await sleep(waitMs, deadline.signal);
      if (!isWaiting) retry += 1;
    }
  }
}

/** A connection that broke, and what docs/errors.md of the server says to try again. */
function isRetryable(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof ApiError)) return false;
  if (error.status === 408 || error.status === 429) return true;
  // An execution that failed is the answer, and its key gives it again; something without a problem is a proxy's.
  if (error.executionId !== null || (error.problem !== null && error.status !== 503)) return false;
  return [502, 503, 504].includes(error.status) && error.code !== 'PROVIDER_NOT_CONFIGURED';
}
