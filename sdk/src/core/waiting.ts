import { LONGEST_RETRY_AFTER_MS, parseRetryAfterMs } from '../../../src/kernel/retry-after.js';

/** The wait before the first retry; each further wait is twice as long. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;

/**
 * Returns the wait before try number `retry` (1, 2, …): the server's `Retry-After`, or otherwise an exponential backoff with up to 50 %
 * random reduction, so that many clients do not come back at once.
 */
export function waitBefore(retry: number, retryAfterMs: number | null): number {
  if (retryAfterMs !== null) return Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (retry - 1));
  return full * (1 - Math.random() / 2);
}

/** Reads `Retry-After`, in milliseconds; null when it is absent or unreadable. */
export function readRetryAfterMs(headers: Headers): number | null {
  return parseRetryAfterMs(headers.get('retry-after'), headers.get('date'));
}

/** Sleeps. Rejects with the signal's reason as soon as it is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Sets a timer that does not keep the process alive. Browsers return numbers and have no such problem. */
export function setIdleTimer(work: () => void, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, ms);
  if (typeof timer === 'object') timer.unref();
  return timer;
}
