import { setTimeout as sleep } from 'node:timers/promises';

/** Some seconds. */
const LOOKS = 10;
const LOOK_MS = 300;

/**
 * After a connection that was lost: the COMMIT may have been done, and only its answer was cut off.
 * @param look for what was to be written; while the database is away it may throw.
 */
export async function wasWrittenBeforeOutage(look: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < LOOKS; tries += 1) {
    await sleep(LOOK_MS);
    if (await look().catch(() => false)) return true;
  }
  return false;
}
