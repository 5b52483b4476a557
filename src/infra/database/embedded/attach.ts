import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toDataDir, EMBEDDED_DATABASE, localUrl, PASSWORD_NAME } from './server/cluster.js';
import { explainAccessError, hasErrorCode, NoEmbeddedServerError } from './errors.js';
import { findSecret } from './home-files.js';
import { inspectPostmaster } from './server/postmaster-file.js';
import { POLL_INTERVAL_MS } from './server/postmaster.js';

/** Long enough for a server that another process is starting or restarting. */
const READY_TIMEOUT_MS = 15_000;

/**
 * Returns the URL of the server that another process runs for this home. Neither starts nor stops anything.
 *
 * @throws NoEmbeddedServerError when no server runs.
 * @throws EmbeddedPostgresError when the home belongs to another user.
 */
export async function attachEmbeddedPostgres(homeDir: string): Promise<{ url: string }> {
  const home = await findHome(homeDir);
  const password = home === null ? null : await findSecret(home, PASSWORD_NAME);
  if (home === null || password === null) throw new NoEmbeddedServerError(resolve(homeDir));
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const state = await inspectPostmaster(toDataDir(home));
    if (state.kind !== 'running') break;
    if (state.ready && state.port !== null) return { url: localUrl(state.port, password, EMBEDDED_DATABASE) };
    await sleep(POLL_INTERVAL_MS);
  }
  throw new NoEmbeddedServerError(home);
}

async function findHome(homeDir: string): Promise<string | null> {
  try {
    return await realpath(homeDir);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw explainAccessError(error, homeDir);
  }
}
