import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createClient } from 'redis';
import { endProcess, freePort, untilReady } from './child.mjs';

const run = promisify(execFile);
const NAMES = ['redis-server', 'valkey-server'];

export async function startRedis(home) {
  const port = await freePort();
  const child = spawn(
    await redisServerPath(),
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', home],
      ...['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'],
      // One for each of Jest's workers.
      ...['--databases', '64'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `redis://127.0.0.1:${port}`;
  await untilReady('Redis', child, () => ping(url));
  const end = (signal) => endProcess(child, signal);
  return { url, port, pid: child.pid, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Finds Redis on the PATH, or installs it with the system's package manager. @throws with the command to run. */
export async function redisServerPath() {
  const found = await findOnPath();
  if (found !== null) return found;
  if (process.env.TEST_INSTALL !== 'off' && process.getuid?.() === 0) await installRedis();
  const installed = await findOnPath();
  if (installed !== null) return installed;
  throw new Error(`The tests need redis-server (or valkey-server) on the PATH. Run: ${installCommand()}`);
}

function installCommand() {
  if (process.platform === 'darwin') return 'brew install redis';
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get install -y --no-install-recommends redis-server`;
}

async function findOnPath() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of NAMES) {
      const file = path.join(folder, name);
      if (await isExecutable(file)) return file;
    }
  }
  return null;
}

async function isExecutable(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function installRedis() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  process.stderr.write(
    'Redis is missing: installing the system package redis-server with apt-get (TEST_INSTALL=off prevents it) …\n',
  );
  try {
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], { env });
  } catch {
    // The caller says what to do.
    return;
  }
  // The package starts a server of its own, but the tests start theirs.
  await run('service', ['redis-server', 'stop'], { env }).catch(() => undefined);
}

async function ping(url) {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  const failed = once(client, 'error').then(([error]) => Promise.reject(error));
  await Promise.race([client.connect(), failed]);
  await client.ping();
  client.destroy();
}
