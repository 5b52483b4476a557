import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigurationError, type Environment, type ResolvedBackends } from '../infra/config/index.js';
import {
  countConnections,
  findPendingMigrations,
  migrate,
  ResilientClient,
} from '../infra/database/index.js';
import {
  attachEmbeddedPostgres,
  findSecret,
  readOrCreateSecret,
  startEmbeddedPostgres,
} from '../infra/database/embedded/index.js';
import { getMessage } from '../kernel/index.js';

const KEY_HASH_SECRET_BYTES = 32;
const SECRETS_KEY_BYTES = 32;
/** The file in the data folder that stores the key. */
const SECRETS_KEY_NAME = 'secrets-key';

/** The backends that the process uses, and how to release them. */
export interface RunningBackends extends ResolvedBackends {
  /** Stops what this process started. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Called with a message for people before a slow step. */
  readonly onProgress: (message: string) => void;
  /** The number of API processes that will connect. Default 1. */
  readonly processes?: number;
}

/** PostgreSQL's own default, enough for one process and some workers. */
const LEAST_CONNECTIONS = 100;
/** Connections of an embedded server for workers, commands and manual access, on top of the API processes. */
const SPARE_CONNECTIONS = 30;

/**
 * Starts the backends of the API: an embedded server unless `DATABASE_URL` names one, migrated and ready.
 * @throws ConfigurationError | EmbeddedPostgresError with one sentence for the operator.
 */
export async function startBackends(
  env: Environment,
  { onProgress, processes = 1 }: StartOptions,
): Promise<RunningBackends> {
  const homeDir = resolve(env.PROMPT_LEDGER_HOME);
  if (env.DATABASE_URL !== null) {
    if (env.MIGRATE_ON_START) await migrate(env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL);
    await assertMigrated(env.DATABASE_URL);
    const keyHashSecret = await provideKeyHashSecret(env, homeDir);
    return { databaseUrl: env.DATABASE_URL, keyHashSecret, embedded: false, stop: () => Promise.resolve() };
  }
  const onCrash = (message: string) => process.stderr.write(`${message}\n`);
  const wanted = countConnections(env, processes) + SPARE_CONNECTIONS;
  const serverSettings = { max_connections: String(Math.max(LEAST_CONNECTIONS, wanted)) };
  const server = await startEmbeddedPostgres({ homeDir, onProgress, onCrash, serverSettings });
  const endWithProcess = () => signalPostmaster(server.dataDir);
  process.once('exit', endWithProcess);
  const stop = async () => {
    await server.stop();
    process.off('exit', endWithProcess);
  };
  try {
    await migrate(server.url);
    const keyHashSecret = await provideKeyHashSecret(env, homeDir);
    // A key created earlier stays readable when the environment provides its own.
    const secretsKey =
      env.SECRETS_KEY === null
        ? await readOrCreateSecret(homeDir, SECRETS_KEY_NAME, SECRETS_KEY_BYTES)
        : await findSecret(homeDir, SECRETS_KEY_NAME);
    return { databaseUrl: server.url, keyHashSecret, secretsKey, embedded: true, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For an exit without an orderly stop: an exit handler cannot wait, but one signal is enough to make the server shut down. */
function signalPostmaster(dataDir: string): void {
  try {
    const pid = Number.parseInt(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8'), 10);
    if (pid > 0) process.kill(pid, 'SIGINT');
  } catch {
    // The server is already gone.
  }
}

/**
 * Attaches the worker and the commands to the running backends. They never start, migrate or stop a server.
 * @throws ConfigurationError | NoEmbeddedServerError with one sentence for the operator.
 */
export async function attachBackends(env: Environment): Promise<ResolvedBackends> {
  const embedded = env.DATABASE_URL === null;
  const homeDir = resolve(env.PROMPT_LEDGER_HOME);
  const databaseUrl = env.DATABASE_URL ?? (await attachEmbeddedPostgres(homeDir)).url;
  await assertMigrated(databaseUrl);
  const secretsKey = embedded ? await findSecret(homeDir, SECRETS_KEY_NAME) : null;
  return { databaseUrl, keyHashSecret: null, secretsKey, embedded };
}

/** Without a secret in the environment, one is created and kept with the data. All processes must use the same secret. */
async function provideKeyHashSecret(env: Environment, homeDir: string): Promise<string> {
  return env.KEY_HASH_SECRET ?? readOrCreateSecret(homeDir, 'key-hash-secret', KEY_HASH_SECRET_BYTES);
}

/** @throws ConfigurationError when the database cannot be reached or lacks a migration. */
async function assertMigrated(databaseUrl: string): Promise<void> {
  const pending = await withClient(databaseUrl, (client) =>
    findPendingMigrations(async (text) => (await client.query<{ names: string[] | null }>(text)).rows),
  );
  if (pending.length === 0) return;
  throw new ConfigurationError(
    `The database lacks ${pending.join(', ')}; run "npm run migrate" once, or start with MIGRATE_ON_START=true.`,
  );
}

async function withClient<T>(databaseUrl: string, work: (client: ResilientClient) => Promise<T>): Promise<T> {
  let client: ResilientClient | undefined;
  try {
    client = new ResilientClient({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
    await client.connect();
    return await work(client);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(`The database of DATABASE_URL cannot be used: ${describeReason(error)}.`);
  } finally {
    await client?.end().catch(() => undefined);
  }
}

/** A host with two addresses fails with an AggregateError, whose message is empty. */
function describeReason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return getMessage(error) === '' ? (code ?? 'unknown error') : getMessage(error);
}
