import { testSetting } from '../settings.js';

/** Returns the run's Redis, with a database that only the files of this Jest worker use, one after the other. */
export function testRedisUrl(): string {
  const url = new URL(testSetting('LEDGER_TEST_REDIS_URL'));
  url.pathname = `/${process.env.JEST_WORKER_ID ?? '0'}`;
  return url.href;
}
