import { pathToFileURL } from 'node:url';
import { findScenarioFile } from './options.mjs';
import { FEATURES } from './servers/ledger.mjs';
import { startLoadGenerator } from './work/load.mjs';
import { describeMachine } from './report/machine.mjs';
import { startPostgres } from './servers/postgres.mjs';
import { startRedis } from './servers/redis.mjs';

/**
 * @param {string} name the name of a file below `bench/scenarios`, without its extension.
 * @returns {Promise<(bench: any) => Promise<{ results: any[], notes: string[] }>>} the one function that it exports.
 */
export async function loadScenario(name) {
  const exported = Object.values(await import(pathToFileURL(findScenarioFile(name)).href));
  if (exported.length !== 1) throw new Error(`The scenario ${name} must export one function.`);
  return exported[0];
}

/**
 * Starts the servers that all scenarios need.
 *
 * @param {import('./scope.mjs').Scope} scope
 */
export async function startBench(scope, tempDir, options) {
  const progress = (what) => console.error(`… ${what}`);
  progress('starting PostgreSQL and Redis');
  const postgres = await startPostgres(scope, tempDir);
  const redis = await startRedis(scope, tempDir);
  const machine = await describeMachine(postgres, redis);
  const load = await startLoadGenerator(scope, postgres);
  return { scope, tempDir, options, postgres, redis, machine, load, progress, features: FEATURES };
}
