import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startServer } from '../servers/start-server.cjs';
import { redisServerPath } from '../servers/redis-server.mjs';

/**
 * Runs once per run, before the first test of a project that needs servers. Tests read only these variables from the
 * environment: LEDGER_TEST_POSTGRES_URL, LEDGER_TEST_REDIS_URL, LEDGER_TEST_RUN, LEDGER_TEST_START.
 */
export default async function globalSetup() {
  try {
    await prepare();
  } catch (error) {
    // Jest would bury the one sentence that says what to do in its own stack. The servers end with this process.
    console.error(error.message);
    process.exit(1);
  }
}

async function prepare() {
  // scripts/test.mjs has already built; `npx jest` alone has not.
  if (process.env.LEDGER_TEST_IS_BUILT !== 'true') {
    const { ensureBuilt } = await import('../../../scripts/lib/prepare.mjs');
    await ensureBuilt();
  }
  // Tests that kill a Redis start their own, so they need the binary even with an external one.
  await redisServerPath();
  console.log('Starting the servers of the tests (PostgreSQL and Redis, on free ports) …');
  const [postgres, redis] = await Promise.all([
    startUnless('postgres', process.env.TEST_DATABASE_URL),
    startUnless('redis', process.env.TEST_REDIS_URL || process.env.REDIS_URL),
  ]);
  process.env.LEDGER_TEST_POSTGRES_URL = postgres.url;
  process.env.LEDGER_TEST_REDIS_URL = redis.url;
  process.env.LEDGER_TEST_RUN = `${process.pid}_${Date.now().toString(36)}`;
  // A folder for the files that quick-start.ts keeps during the run.
  process.env.LEDGER_TEST_START = await mkdtemp(path.join(os.tmpdir(), 'ledger-test-start-'));
  globalThis.ledgerTestServers = [postgres, redis];
}

async function startUnless(kind, url) {
  return url ? { url, stop: async () => undefined } : startServer(kind);
}
