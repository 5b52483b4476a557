import { resolve } from 'node:path';
import { Client } from 'pg';
import { ConfigurationError, type Environment, type ResolvedBackends } from '../infra/config/index.js';
import { APPLICATION_ROLE, migrate } from '../infra/database/index.js';
import {
  attachEmbeddedPostgres,
  readOrCreateSecret,
  startEmbeddedPostgres,
} from '../infra/database/embedded/index.js';

const KEY_HASH_SECRET_BYTES = 32;

/** What the process stands on, and how to leave it. */
export interface RunningBackends extends ResolvedBackends {
  /** Stops what this process started. */
  stop(): Promise<void>;
}

/**
 * For the API process: an embedded server unless `DATABASE_URL` names one, migrated and ready.
 * @throws ConfigurationError | EmbeddedPostgresError with one sentence for the operator.
 */
export async function startBackends(
  env: Environment,
  onProgress: (message: string) => void,
): Promise<RunningBackends> {
  const homeDir = resolve(env.PROMPT_LEDGER_HOME);
  if (env.DATABASE_URL !== null) {
    if (env.MIGRATE_ON_START) await migrate(env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL);
    await assertMigrated(env.DATABASE_URL);
    const keyHashSecret = await keyHashSecretOf(env, homeDir);
    return { databaseUrl: env.DATABASE_URL, keyHashSecret, embedded: false, stop: () => Promise.resolve() };
  }
  const onCrash = (message: string) => process.stderr.write(`${message}\n`);
  const server = await startEmbeddedPostgres({ homeDir, onProgress, onCrash });
  try {
    await migrate(server.url);
    const keyHashSecret = await keyHashSecretOf(env, homeDir);
    return { databaseUrl: server.url, keyHashSecret, embedded: true, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * For the worker and the commands: the server that runs already. They never start, migrate or stop one.
 * @throws ConfigurationError | NoEmbeddedServerError with one sentence for the operator.
 */
export async function attachBackends(env: Environment): Promise<ResolvedBackends> {
  const embedded = env.DATABASE_URL === null;
  const databaseUrl = env.DATABASE_URL ?? (await attachEmbeddedPostgres(resolve(env.PROMPT_LEDGER_HOME))).url;
  await assertMigrated(databaseUrl);
  return { databaseUrl, keyHashSecret: null, embedded };
}

/** Without one in the environment, it is made once and kept with the data; all processes must use the same. */
async function keyHashSecretOf(env: Environment, homeDir: string): Promise<string> {
  return env.KEY_HASH_SECRET ?? readOrCreateSecret(homeDir, 'key-hash-secret', KEY_HASH_SECRET_BYTES);
}

/** @throws ConfigurationError when the application's role is missing, which the first migration makes. */
async function assertMigrated(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rowCount } = await client.query(
      `SELECT FROM pg_roles WHERE rolname = $1 AND to_regclass('public.executions') IS NOT NULL`,
      [APPLICATION_ROLE],
    );
    if (rowCount === 1) return;
  } catch (error) {
    throw new ConfigurationError(`The database of DATABASE_URL cannot be used: ${(error as Error).message}.`);
  } finally {
    await client.end().catch(() => undefined);
  }
  throw new ConfigurationError(
    'The database is not migrated; run "npm run migrate" once, or start with MIGRATE_ON_START=true.',
  );
}
