import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/** Waits until `condition` holds. Has no time limit of its own: what never happens runs into the test's. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(POLL_MS);
}
