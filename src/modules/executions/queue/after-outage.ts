import { setTimeout as sleep } from 'node:timers/promises';

/** Looks for three seconds in all. */
const LOOKS = 10;
const LOOK_MS = 300;

/**
 * Checks after a lost connection whether the COMMIT succeeded and only its answer was lost.
 * @param look looks for the written row; may throw while the database is away.
 */
export async function wasWrittenBeforeOutage(look: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < LOOKS; tries += 1) {
    await sleep(LOOK_MS);
    if (await look().catch(() => false)) return true;
  }
  return false;
}
