import { TimeoutError } from './core/index.js';
import type { ExecutionsResource } from './resources/index.js';
import type { Execution, ExecutionStatus } from './wire/index.js';

export interface WaitOptions {
  /** Milliseconds; default ten minutes. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_WAIT_MS = 600_000;
/** The longest wait of one request, shorter than the timeout of common proxies. */
const LONG_POLL_MS = 30_000;

export function isFinal(status: ExecutionStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'canceled';
}

/**
 * Polls until an execution is final. The ledger holds each request while nothing happens.
 * @returns the execution, whatever its status.
 * @throws TimeoutError when the time is up; the execution continues
 */
export async function waitUntilFinal(
  executions: ExecutionsResource,
  executionId: string,
  { timeoutMs = DEFAULT_WAIT_MS, signal }: WaitOptions = {},
): Promise<Execution> {
  const endsAtMs = Date.now() + timeoutMs;
  for (;;) {
    const waitMs = Math.max(0, Math.min(LONG_POLL_MS, endsAtMs - Date.now()));
    const execution = await executions.get(executionId, { waitMs, signal });
    if (isFinal(execution.status)) return execution;
    if (Date.now() >= endsAtMs) {
      throw new TimeoutError(
        `Execution ${executionId} is still ${execution.status} after ${Math.round(timeoutMs)} ms.`,
      );
    }
  }
}
