import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { testSetting } from '../settings.js';

const PRELOAD = path.join(__dirname, 'code-cache.cjs');

/**
 * Arguments of Node with which a process of the build starts in two thirds of the processor time, as a run starts hundreds. Empty
 * before `recordStart`.
 */
export function quickStart(): readonly string[] {
  const preload = preloadOfRun();
  return existsSync(preload) ? ['--require', preload] : [];
}

/** Records once a run. @param start starts a process with `quickStart` and this environment, and stops it gracefully. */
export async function recordStart(
  start: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  await copyFile(PRELOAD, preloadOfRun());
  await start({ LEDGER_TEST_RECORDS_START: 'true' });
}

function preloadOfRun(): string {
  return path.join(testSetting('LEDGER_TEST_START'), 'code-cache.cjs');
}
