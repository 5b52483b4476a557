import { measureAnalytics } from '../scenarios/analytics.mjs';
import { measureRead } from '../scenarios/read.mjs';
import { measureRun } from '../scenarios/run.mjs';
import { measureStart } from '../scenarios/start.mjs';
import { measureStream } from '../scenarios/stream.mjs';
import { measureSubmit } from '../scenarios/submit.mjs';
import { FEATURES } from './ledger.mjs';
import { startLoadGenerator } from './load.mjs';
import { describeMachine } from './machine.mjs';
import { startPostgres } from './postgres.mjs';
import { startRedis } from './redis.mjs';

/** By the names of `--only`. */
export const scenarios = {
  run: measureRun,
  stream: measureStream,
  submit: measureSubmit,
  read: measureRead,
  analytics: measureAnalytics,
  start: measureStart,
};

/**
 * What all scenarios stand on.
 *
 * @param {import('./scope.mjs').Scope} scope
 */
export async function startBench(scope, tempDir, options) {
  const progress = (what) => console.error(`… ${what}`);
  progress('starting PostgreSQL and Redis');
  const postgres = await startPostgres(scope, tempDir);
  const redis = await startRedis(scope, tempDir);
  const machine = await describeMachine(postgres, redis);
  const load = await startLoadGenerator(scope);
  return { scope, tempDir, options, postgres, redis, machine, load, progress, features: FEATURES };
}
