import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;
/** Shorter than the time that Jest gives a test, so that the failure says what did not happen. */
const LIMIT_MS = 50_000;

/**
 * Waits until `condition` holds.
 * @param what did not happen, for the failure; defaults to the text of the condition.
 * @param limitMs in milliseconds; a test with a longer time limit of its own may wait longer.
 */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  what: string = sourceOf(condition),
  limitMs = LIMIT_MS,
): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`Waited ${limitMs} ms in vain for ${what}`);
    await sleep(POLL_MS);
  }
}

function sourceOf(condition: () => unknown): string {
  return condition
    .toString()
    .replace(/^(async )?\(\) => /, '')
    .replace(/\s+/g, ' ');
}
