import { TimeoutError } from './core/index.js';
import type { ExecutionsResource } from './resources/index.js';
import type { Execution, ExecutionStatus } from './wire/index.js';

export interface WaitOptions {
  /** Milliseconds; default ten minutes. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_WAIT_MS = 600_000;
/** The longest wait of one request, shorter than what proxies cut off. */
const LONG_POLL_MS = 30_000;

export function isFinal(status: ExecutionStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'canceled';
}

/**
 * Asks until an execution is final, the ledger holding each answer for as long as nothing happens.
 * @returns it, however it ended.
 * @throws TimeoutError when the time is up; the execution goes on
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
