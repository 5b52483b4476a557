import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import {
  type Cluster,
  toDataDir,
  EMBEDDED_DATABASE,
  localUrl,
  toLogFile,
  PASSWORD_NAME,
  PASSWORD_SIZE_BYTES,
  SERVER_SETTINGS,
} from './server/cluster.js';
import { assertSameMajorVersion, createDataFolder, findDataVersion, removeDrafts } from './data-folder.js';
import { EmbeddedPostgresError, HomeInUseError } from './errors.js';
import { ensureHome, findSecret, readOrCreateSecret } from './home-files.js';
import { locatePostgresBinaries } from './server/postgres-binaries.js';
import { stopPostmaster } from './server/postmaster.js';
import { claimServer, type ServerClaim } from './server/server-claim.js';

export interface EmbeddedPostgresOptions {
  /** Created if missing. Holds the data, the password and the log. */
  readonly homeDir: string;
  /** Called with a message for people before a slow step. */
  readonly onProgress?: (message: string) => void;
  /** Called when the server crashes, and for each failed attempt to restart it. */
  readonly onCrash?: (message: string) => void;
  /** PostgreSQL settings on top of the built-in ones, such as `{ log_statement: 'all' }`. An adopted server keeps its own. */
  readonly serverSettings?: Readonly<Record<string, string>>;
}

/** A running server that this process owns. */
export interface EmbeddedPostgres {
  /** The superuser's connection URL of the service's database. It stays valid when the server restarts. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** The version that the server reports, such as `18.4`. */
  readonly version: string;
  /** True when an earlier start, since killed, had left the server running. */
  readonly adopted: boolean;
  /** Stops the server and resolves when it is gone. Call it after the service has closed its connections. */
  stop(): Promise<void>;
}

const FIRST_RESTART_DELAY_MS = 100;
const LONGEST_RESTART_DELAY_MS = 5_000;
/** A crash after this long is not counted as a failed start. */
const STABLE_AFTER_MS = 60_000;

/**
 * Starts the home's server, or takes over one whose owner was killed, and keeps it running until `stop()`. Installs no exit hooks, because
 * the owner of the process decides when to stop.
 *
 * @throws HomeInUseError when another process owns the home.
 * @throws EmbeddedPostgresError with one sentence on what to do, when the server cannot run here.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await openCluster(options);
  const abort = new AbortController();
  const claim = await claimServer(cluster, null, abort.signal);
  const server = new OwnedServer(cluster, claim, options, abort);
  try {
    await ensureDatabase(claim.client);
    await removeDrafts(cluster.homeDir);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function openCluster(options: EmbeddedPostgresOptions): Promise<Cluster> {
  const homeDir = await ensureHome(options.homeDir);
  const dataDir = toDataDir(homeDir);
  const binaries = await locatePostgresBinaries();
  const dataVersion = await findDataVersion(dataDir);
  if (dataVersion !== null) assertSameMajorVersion(dataDir, dataVersion, binaries.majorVersion);
  const password =
    dataVersion === null
      ? await readOrCreateSecret(homeDir, PASSWORD_NAME, PASSWORD_SIZE_BYTES)
      : await requirePassword(homeDir);
  const settings = { ...SERVER_SETTINGS, ...options.serverSettings };
  const cluster = { homeDir, dataDir, logFile: toLogFile(homeDir), password, binaries, settings };
  if (dataVersion === null) {
    options.onProgress?.(`Creating the database in ${homeDir} … (once, a few seconds)`);
    await createDataFolder(cluster);
  }
  return cluster;
}

/** Refuses to create a new password, which would not fit existing data. */
async function requirePassword(homeDir: string): Promise<string> {
  const password = await findSecret(homeDir, PASSWORD_NAME);
  if (password !== null) return password;
  throw new EmbeddedPostgresError(
    `${homeDir}/${PASSWORD_NAME} is missing, and the data beside it needs it: restore it from a backup of the folder.`,
  );
}

/** Runs at every start, because one that was killed after initdb has left a server without the database. */
async function ensureDatabase(client: Client): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [EMBEDDED_DATABASE]);
  if (found.rowCount === 0) await client.query(`CREATE DATABASE ${EMBEDDED_DATABASE}`);
}

class OwnedServer implements EmbeddedPostgres {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly version: string;
  readonly adopted: boolean;

  /** Null while the server is down, and permanently once another process has taken the home. */
  private claim: ServerClaim | null = null;
  private claimedAt = 0;
  private restarts = 0;
  private recovery: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly cluster: Cluster,
    claim: ServerClaim,
    private readonly options: EmbeddedPostgresOptions,
    private readonly abort: AbortController,
  ) {
    this.url = localUrl(claim.port, cluster.password, EMBEDDED_DATABASE);
    this.port = claim.port;
    this.dataDir = cluster.dataDir;
    this.version = claim.version;
    this.adopted = claim.adopted;
    this.hold(claim);
  }

  stop(): Promise<void> {
    this.stopped ??= this.stopOnce();
    return this.stopped;
  }

  private async stopOnce(): Promise<void> {
    this.abort.abort();
    await this.recovery;
    const claim = this.claim;
    if (claim === null) return;
    // Holds the lock to the end, so that no other start adopts a server that is stopping.
    await stopPostmaster(this.cluster, claim.pid);
    await claim.client.end().catch(() => undefined);
  }

  /** The end of the lock's connection reveals a dead server, even one that is not a child of this process. */
  private hold(claim: ServerClaim): void {
    this.claim = claim;
    this.claimedAt = Date.now();
    claim.client.once('end', () => {
      if (this.abort.signal.aborted) return;
      this.claim = null;
      this.recovery = this.recover();
    });
  }

  private async recover(): Promise<void> {
    this.options.onCrash?.('PostgreSQL went away; starting it again.');
    if (Date.now() - this.claimedAt > STABLE_AFTER_MS) this.restarts = 0;
    while (!this.abort.signal.aborted) {
      try {
        await sleep(restartDelayMs(this.restarts), undefined, { signal: this.abort.signal });
        this.restarts += 1;
        this.hold(await claimServer(this.cluster, this.port, this.abort.signal));
        this.options.onProgress?.('PostgreSQL is back.');
        return;
      } catch (error) {
        if (this.abort.signal.aborted) return;
        this.options.onCrash?.(error instanceof Error ? error.message : String(error));
        if (error instanceof HomeInUseError) return;
      }
    }
  }
}

/** Returns 0.1 s, 0.2 s, 0.4 s … 5 s. */
export function restartDelayMs(restarts: number): number {
  return Math.min(FIRST_RESTART_DELAY_MS * 2 ** restarts, LONGEST_RESTART_DELAY_MS);
}
