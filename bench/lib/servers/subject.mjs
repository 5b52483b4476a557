import { startLedger } from './ledger.mjs';
import { putPrompt } from '../work/workload.mjs';

/**
 * Starts a ledger with its own database and the prompt of all scenarios.
 *
 * @param {import('../scope.mjs').Scope} scope
 * @param {any} bench
 * @param {{ facts: { url: string } }} standIn
 * @param {string} name the name of the database.
 * @param {Record<string, string>} [further] additional settings.
 * @param {Pick<import('../profile/profiler.mjs').Profiler, 'nodeArgs' | 'env'>} [profiler]
 */
export async function startSubject(
  scope,
  { postgres, tempDir },
  standIn,
  name,
  further = {},
  { nodeArgs, env: profilerEnv } = { nodeArgs: [], env: {} },
) {
  const database = await postgres.createDatabase(scope, name);
  const own = { DATABASE_URL: database.url, OPENAI_BASE_URL: `${standIn.facts.url}/v1` };
  const env = { ...own, ...further, ...profilerEnv };
  const ledger = await startLedger(scope, { tempDir, env, nodeArgs });
  await putPrompt(ledger);
  return { ledger, database, pids: [ledger.process.pid] };
}
