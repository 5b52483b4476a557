import { execFile, spawn } from 'node:child_process';
import { access, chown, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { endProcess, freePort, untilReady } from './child.mjs';

const run = promisify(execFile);
const DEBIAN_BIN = '/usr/lib/postgresql/15/bin';

/** Test data need not survive a power failure. */
const TEST_SETTINGS = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };

/** Starts the service's own server, or Debian's with `TEST_POSTGRES=debian`. */
export async function startPostgres(home) {
  return process.env.TEST_POSTGRES === 'debian' ? startDebian(home) : startEmbedded(home);
}

async function startEmbedded(home) {
  // Loaded from dist, because plain Node runs this, and the e2e tests need the build anyway.
  const { startEmbeddedPostgres } = await import('../../../dist/src/infra/database/embedded/index.js');
  const server = await startEmbeddedPostgres({ homeDir: home, serverSettings: TEST_SETTINGS });
  const { url, port, dataDir } = server;
  const signal = (name) => signalPostmaster(dataDir, name);
  return {
    url,
    port,
    pid: await postmasterPid(dataDir),
    stop: () => server.stop(),
    kill: () => signal('SIGKILL'),
    stopImmediately: () => signal('SIGQUIT'),
  };
}

async function startDebian(home) {
  await access(path.join(DEBIAN_BIN, 'postgres')).catch(() => {
    throw new Error(`TEST_POSTGRES=debian needs ${DEBIAN_BIN}: apt-get install postgresql-15.`);
  });
  // Postgres refuses to run as root.
  const user = process.getuid() === 0 ? await postgresUser() : {};
  if (user.uid !== undefined) await chown(home, user.uid, user.gid);
  const dataDir = path.join(home, 'data');
  const isNew = await access(dataDir).then(
    () => false,
    () => true,
  );
  if (isNew) await initdb(dataDir, user);

  const port = await freePort();
  const settings = { ...TEST_SETTINGS, listen_addresses: '127.0.0.1', unix_socket_directories: '', port };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(path.join(DEBIAN_BIN, 'postgres'), ['-D', dataDir, ...flags], {
    ...user,
    cwd: home,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady('PostgreSQL', child, () => connect(url));
  const end = (signal) => endProcess(child, signal);
  return {
    url,
    port,
    pid: child.pid,
    // SIGINT is Postgres' fast shutdown, which does not wait for clients.
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
    stopImmediately: () => end('SIGQUIT'),
  };
}

async function postgresUser() {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, 'postgres'])));
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function initdb(dataDir, user) {
  const args = [
    '-D',
    dataDir,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  await run(path.join(DEBIAN_BIN, 'initdb'), args, { ...user, cwd: path.dirname(dataDir) });
}

async function connect(url) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
}

/** This process must end right after, because it owns the server and would restart it. */
async function signalPostmaster(dataDir, signal) {
  process.kill(await postmasterPid(dataDir), signal);
}

async function postmasterPid(dataDir) {
  const [pid] = (await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}
