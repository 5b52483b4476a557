/** Jitter, so that a receiver that was down does not get all waiting events at once. */
const JITTER = 0.2;
/** The longest wait that a receiver may request. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

export interface FailedTry {
  /** 1 for the first. */
  readonly attempt: number;
  /** The wait that the receiver requested; null for none. */
  readonly retryAfterMs: number | null;
  /** From 0 to 1. */
  readonly random: number;
}

/** @returns how long to wait before the next try; null if there is none. */
export function nextWaitMs(
  waitsMs: readonly number[],
  { attempt, retryAfterMs, random }: FailedTry,
): number | null {
  const plannedMs = waitsMs[attempt - 1];
  if (plannedMs === undefined) return null;
  return Math.max(plannedMs * (1 + JITTER * random), Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
}
