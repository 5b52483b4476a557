import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { EmbeddedPostgresError, explainAccessError, hasErrorCode } from '../errors.js';
import { inspectPostmaster } from './postmaster-file.js';
import { chooseServerIdentity, giveTo } from './server-identity.js';
import { runAs, spawnAs, throwIfNamespaceRefused } from './server-process.js';

/** Short compared with the 100 ms of a warm start, and each poll reads only one small file. */
export const POLL_INTERVAL_MS = 20;
const LOG_KEPT_SIZE_BYTES = 1024 * 1024;
/** A fast stop writes a checkpoint. After this long, recovery at the next start handles the rest. */
const FAST_STOP_TIMEOUT_MS = 30_000;
const IMMEDIATE_STOP_TIMEOUT_MS = 10_000;

/** Why a server ended before it was ready. */
export type LaunchFailure = 'port-taken' | 'memory-held' | 'other';

export class LaunchError extends EmbeddedPostgresError {
  constructor(
    readonly failure: LaunchFailure,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Starts the server on the port and returns the process id of the one that serves. It may belong to a concurrent start that was faster:
 * PostgreSQL allows only one server per folder.
 *
 * The server gets its own process group, because Ctrl-C must not stop it before the service has closed its connections.
 *
 * @param strayPid a living process that is known not to be our server though `postmaster.pid` names it.
 * @throws LaunchError when the server ended by itself.
 */
export async function launchPostmaster(
  cluster: Cluster,
  port: number,
  strayPid: number | null,
): Promise<number | null> {
  const { homeDir, dataDir, binaries, settings } = cluster;
  const identity = await chooseServerIdentity(homeDir, dataDir, binaries.nativeDir);
  await giveTo(identity, dataDir);
  const log = await openLog(cluster.logFile);
  try {
    const child = await spawnAs(
      identity,
      binaries.postgres,
      postgresArgs(dataDir, { ...settings, port: String(port) }),
      {
        cwd: homeDir,
        detached: true,
        stdio: ['ignore', log.file.fd, log.file.fd],
        // pg_ctl uses this to make the server ignore one process when it judges its lock file. Removing the file instead would race with
        // another start, and two servers on one folder destroy it.
        env: strayPid === null ? {} : { PG_GRANDPARENT_PID: String(strayPid) },
      },
    );
    child.unref();
    while (child.exitCode === null && child.signalCode === null) {
      const state = await inspectPostmaster(dataDir);
      if (state.kind === 'running' && state.ready) return child.pid ?? null;
      await sleep(POLL_INTERVAL_MS);
    }
    const said = await readFrom(cluster.logFile, log.sizeBytes);
    throwIfNamespaceRefused(identity, said);
    throw new LaunchError(classifyLaunchFailure(said), launchMessage(said, cluster.logFile));
  } finally {
    await log.file.close();
  }
}

/** Stops the server despite open connections, and resolves when it is gone. */
export async function stopPostmaster(cluster: Cluster, pid: number): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals; pg_ctl talks to the server through a pipe.
    await runAs(
      { kind: 'self' },
      cluster.binaries.pgCtl,
      ['stop', '-D', cluster.dataDir, '-m', 'fast'],
      cluster.homeDir,
    );
    return;
  }
  // Never signal a process id that may have been reassigned.
  if (await isGone(cluster.dataDir, pid, 0)) return;
  signal(pid, 'SIGINT');
  if (await isGone(cluster.dataDir, pid, FAST_STOP_TIMEOUT_MS)) return;
  signal(pid, 'SIGQUIT');
  if (await isGone(cluster.dataDir, pid, IMMEDIATE_STOP_TIMEOUT_MS)) return;
  signal(pid, 'SIGKILL');
  await isGone(cluster.dataDir, pid, IMMEDIATE_STOP_TIMEOUT_MS);
}

/** Waits until this server no longer works on the folder. Returns false when the time is up. */
export async function isGone(dataDir: string, pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const state = await inspectPostmaster(dataDir);
    if (state.kind !== 'running' || state.pid !== pid) return true;
    if (Date.now() >= deadline) return false;
    await sleep(POLL_INTERVAL_MS);
  }
}

/**
 * Picks a free port below the ephemeral range (32768 and up). In that range an outgoing connection could take the server's port while it
 * restarts.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ host: '127.0.0.1', port }, () => probe.close(() => resolve(true)));
  });
}

export function postgresArgs(dataDir: string, settings: Readonly<Record<string, string>>): string[] {
  return ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

export function classifyLaunchFailure(log: string): LaunchFailure {
  if (log.includes('could not bind IPv4 address')) return 'port-taken';
  // The processes of a killed server are still exiting.
  if (log.includes('pre-existing shared memory block')) return 'memory-held';
  return 'other';
}

function launchMessage(said: string, logFile: string): string {
  const lines = said.trim().split('\n');
  const fatal = lines.findLast((line) => /FATAL|PANIC|error/.test(line)) ?? lines.at(-1) ?? '';
  const reason = fatal.replace(/^.*?(FATAL|PANIC):\s*/, '').replace(/\.$/, '');
  return `PostgreSQL did not start (${reason === '' ? 'it said nothing' : reason}): see ${logFile}.`;
}

/** Keeps the log small with one older file. Only a start rotates it, because a running server keeps its file open. */
async function openLog(path: string) {
  try {
    const sizeBytes = await measureFile(path);
    if (sizeBytes > LOG_KEPT_SIZE_BYTES) await rename(path, `${path}.1`);
    const file = await open(path, 'a', 0o600);
    return { file, sizeBytes: (await file.stat()).size };
  } catch (error) {
    throw explainAccessError(error, path);
  }
}

async function measureFile(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

async function readFrom(path: string, offsetBytes: number): Promise<string> {
  return (await readFile(path)).subarray(offsetBytes).toString('utf8');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
