import { execFile } from 'node:child_process';
import { access, constants, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createClient } from 'redis';
import { freePort, startService } from './service-process.mjs';

const run = promisify(execFile);
const NAMES = ['redis-server', 'valkey-server'];

/**
 * Uses the server of `TEST_REDIS_URL`, or starts one from the PATH; null where there is neither. Neither the ledger's hints nor the peer's
 * jobs in Redis have to survive, so it writes no files.
 *
 * @returns {Promise<{ url: string, version: string } | null>}
 */
export async function startRedis(scope, tempDir) {
  const url = process.env.TEST_REDIS_URL || (await startOwn(scope, tempDir));
  if (url === null) return null;
  return { url, version: await readVersion(url) };
}

async function startOwn(scope, tempDir) {
  const program = await findOnPath();
  if (program === null) return null;
  const port = await freePort();
  const cwd = await mkdtemp(path.join(tempDir, 'redis-'));
  const options = { port, bind: '127.0.0.1', dir: cwd, save: '', appendonly: 'no' };
  await startService(scope, {
    name: 'redis',
    program,
    args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    cwd,
    isReady: async (log) => /Ready to accept connections/i.test(await log()),
  });
  return `redis://127.0.0.1:${port}`;
}

async function findOnPath() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of NAMES) {
      const file = path.join(folder, name);
      const isProgram = await access(file, constants.X_OK).then(
        () => run(file, ['--version']).then(() => true),
        () => false,
      );
      if (isProgram) return file;
    }
  }
  return null;
}

async function readVersion(url) {
  const client = await createClient({ url })
    .on('error', () => undefined)
    .connect();
  const info = await client.info('server');
  client.destroy();
  return /(?:valkey|redis)_version:(\S+)/.exec(info)?.[1] ?? 'unknown';
}
