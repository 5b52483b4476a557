import { startLedger } from './ledger.mjs';
import { putPrompt } from './workload.mjs';

/**
 * Starts a ledger with a database of its own and the prompt of all scenarios.
 *
 * @param {import('./scope.mjs').Scope} scope
 * @param {any} bench
 * @param {{ facts: { url: string } }} standIn
 * @param {string} name of the database.
 * @param {Record<string, string>} [further] settings.
 */
export async function startSubject(scope, { postgres, tempDir }, standIn, name, further = {}) {
  const database = await postgres.createDatabase(scope, name);
  const env = { DATABASE_URL: database.url, OPENAI_BASE_URL: `${standIn.facts.url}/v1`, ...further };
  const ledger = await startLedger(scope, { tempDir, env });
  await putPrompt(ledger);
  return { ledger, database, pids: [ledger.process.pid] };
}
