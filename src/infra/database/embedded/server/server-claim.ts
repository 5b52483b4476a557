import { realpath } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { type Cluster, localUrl, PASSWORD_NAME } from './cluster.js';
import { EmbeddedPostgresError, hasErrorCode, HomeInUseError } from '../errors.js';
import {
  findFreePort,
  launchPostmaster,
  LaunchError,
  POLL_INTERVAL_MS,
  stopPostmaster,
} from './postmaster.js';
import { inspectPostmaster, isAlive } from './postmaster-file.js';

/** A server that serves this process alone. The claim ends with the client's connection. */
export interface ServerClaim {
  readonly pid: number;
  readonly port: number;
  readonly version: string;
  /** True when an earlier start, since killed, had launched the server. */
  readonly adopted: boolean;
  /** Holds the lock that identifies the owner of the home. Connected to the database `postgres`, which nothing else uses. */
  readonly client: Client;
}

/** Two arbitrary numbers that must never change; the lock space is that of the database `postgres`. */
const OWNER_LOCK = [0x50_4c_45_44, 1] as const;
const OWNER_NAME = 'prompt-ledger owner ';
/** Replaying the log after a crash takes seconds; a server that is not ready after this long hangs. */
const READY_TIMEOUT_MS = 300_000;
/** A killed owner's connection ends within milliseconds, but not before its process does. */
const OWNER_GONE_TIMEOUT_MS = 2_000;
/** An owner killed just now still counts as alive, and its lock is held until its socket is closed. */
const OWNER_ALIVE_TIMEOUT_MS = 1000;

/**
 * Claims the home's server: the one that runs, or else one that it starts. The owner is the session that holds an advisory lock, so a
 * killed owner leaves nothing behind that could look stale.
 *
 * @param port the port that the server must use; null for any.
 * @param signal gives up as soon as possible once it is aborted.
 * @throws HomeInUseError when another process owns the home.
 * @throws EmbeddedPostgresError when the server cannot be started or reached.
 */
export async function claimServer(
  cluster: Cluster,
  port: number | null,
  signal: AbortSignal,
): Promise<ServerClaim> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let launchedPid: number | null = null;
  try {
    while (Date.now() < deadline) {
      signal.throwIfAborted();
      const state = await inspectPostmaster(cluster.dataDir);
      if (state.kind !== 'running') {
        const strayPid = state.kind === 'stray' ? state.pid : null;
        launchedPid = (await launchOnce(cluster, port, strayPid)) ?? launchedPid;
      } else if (state.ready && state.port !== null) {
        const adopted = state.pid !== launchedPid;
        const claim = await tryClaim(cluster, { pid: state.pid, port: state.port, adopted });
        if (claim !== null && isAsWanted(claim, cluster, port)) return claim;
        if (claim !== null) await release(cluster, claim);
      }
      await sleep(POLL_INTERVAL_MS);
    }
    throw new EmbeddedPostgresError(`PostgreSQL is not ready after five minutes: see ${cluster.logFile}.`);
  } catch (error) {
    if (launchedPid !== null && !(error instanceof HomeInUseError))
      await stopPostmaster(cluster, launchedPid);
    throw error;
  }
}

/** @returns null when the caller may repeat the attempt. */
async function launchOnce(
  cluster: Cluster,
  port: number | null,
  strayPid: number | null,
): Promise<number | null> {
  try {
    return await launchPostmaster(cluster, port ?? (await findFreePort()), strayPid);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    if (error.failure === 'memory-held') return null;
    if (error.failure === 'port-taken' && port === null) return null;
    // A concurrent start was faster: claim its server.
    if ((await inspectPostmaster(cluster.dataDir)).kind === 'running') return null;
    throw error;
  }
}

/** False for an adopted server that has to be replaced: one of another release, or one on another port than the address given out. */
function isAsWanted(claim: ServerClaim, cluster: Cluster, port: number | null): boolean {
  if (!claim.adopted) return true;
  return claim.version === cluster.binaries.version && (port === null || claim.port === port);
}

async function release(cluster: Cluster, claim: ServerClaim): Promise<void> {
  await stopPostmaster(cluster, claim.pid);
  await claim.client.end().catch(() => undefined);
}

/** @returns null when the server is stopping or its owner is exiting. */
async function tryClaim(
  cluster: Cluster,
  server: { pid: number; port: number; adopted: boolean },
): Promise<ServerClaim | null> {
  const client = new Client({
    connectionString: localUrl(server.port, cluster.password, 'postgres'),
    application_name: `${OWNER_NAME}${process.pid}`,
  });
  // The `end` event reports a server that goes away; without this listener the error would end the process.
  client.on('error', () => undefined);
  let claimed = false;
  try {
    await client.connect();
    const version = await lockHome(client, cluster);
    claimed = version !== null;
    return version === null ? null : { ...server, version, client };
  } catch (error) {
    if (isTransient(error)) return null;
    throw explainConnectError(error, cluster);
  } finally {
    if (!claimed) await client.end().catch(() => undefined);
  }
}

/** @returns the server's version once the lock is held; null to try again. */
async function lockHome(client: Client, cluster: Cluster): Promise<string | null> {
  const startedAt = Date.now();
  for (;;) {
    const { rows } = await client.query<{ locked: boolean; version: string; data_dir: string }>(
      `SELECT pg_try_advisory_lock($1, $2) AS locked, current_setting('server_version') AS version,
              current_setting('data_directory') AS data_dir`,
      [...OWNER_LOCK],
    );
    const row = rows[0];
    if (row === undefined) return null;
    await assertServes(cluster.dataDir, row.data_dir);
    if (row.locked) return row.version;
    const ownerPid = await findOwnerPid(client);
    const leaving = ownerPid === null || !isAlive(ownerPid);
    const patienceMs = leaving ? OWNER_GONE_TIMEOUT_MS : OWNER_ALIVE_TIMEOUT_MS;
    if (Date.now() - startedAt > patienceMs) throw new HomeInUseError(cluster.homeDir, ownerPid);
    await sleep(POLL_INTERVAL_MS);
  }
}

/** The `postmaster.pid` of a folder that was copied under a running server points at that server, which serves the original. */
async function assertServes(dataDir: string, served: string): Promise<void> {
  const actual = await realpath(served).catch(() => served);
  if (actual === dataDir) return;
  throw new EmbeddedPostgresError(
    `The server that ${dataDir} names works on ${served}: stop that one, or delete ${dataDir}/postmaster.pid if this folder is a copy.`,
  );
}

async function findOwnerPid(client: Client): Promise<number | null> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2 AND l.granted`,
    [...OWNER_LOCK],
  );
  const pid = Number(rows[0]?.name.slice(OWNER_NAME.length));
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

/** The server is not ready yet or already gone. 57P..: starting, stopping, or stopped in between. */
function isTransient(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code?.startsWith('57P') ?? false;
  return (
    hasErrorCode(error, 'ECONNREFUSED', 'ECONNRESET', 'EPIPE') ||
    (error instanceof Error && error.message.includes('Connection terminated'))
  );
}

function explainConnectError(error: unknown, cluster: Cluster): unknown {
  if (!(error instanceof DatabaseError) || error.code !== '28P01') return error;
  return new EmbeddedPostgresError(
    `The password in ${cluster.homeDir}/${PASSWORD_NAME} is not that of the data: restore both from the same backup.`,
    { cause: error },
  );
}
