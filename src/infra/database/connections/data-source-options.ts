import { type PoolConfig, TypeOverrides, types } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { MIGRATIONS } from '../../../../migrations/index.js';
import { ENTITIES } from '../../../entities/index.js';
import type { Environment } from '../../config/index.js';
import { parseJson } from '../../../kernel/index.js';
import { attachEmbeddedPostgres } from '../embedded/index.js';
import { ResilientClient } from './resilient-client.js';

/** The role of the application, which the first migration creates. */
export const APPLICATION_ROLE = 'prompt_ledger_app';

/**
 * A statement that runs this long is a bug; a transaction left open holds locks and blocks vacuum. Compilation (`jit`) never pays off
 * for such short statements, but starts whenever the planner expects many rows: expiring content took four times as long with it.
 */
const SESSION_SETTINGS = [
  `role=${APPLICATION_ROLE}`,
  'timezone=UTC',
  'statement_timeout=30000',
  'idle_in_transaction_session_timeout=60000',
  'jit=off',
];

/** JSON columns keep the text as it was written, for the tools of a version and a vendor's usage. */
const COLUMN_TYPES = new TypeOverrides();
COLUMN_TYPES.setTypeParser(types.builtins.JSON, parseJson);

/** Returns the options that both kinds of connection share. */
function commonOptions(url: string): DataSourceOptions & { type: 'postgres' } {
  return {
    type: 'postgres',
    url,
    entities: ENTITIES,
    synchronize: false,
    logging: false,
    installExtensions: false,
  };
}

/** Connects as the owner of the tables. Only migrations use it. */
export function ownerDataSourceOptions(url: string): DataSourceOptions {
  return {
    ...commonOptions(url),
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
    applicationName: 'prompt-ledger-migrate',
    extra: { max: 1, Client: ResilientClient } satisfies PoolConfig,
  };
}

/**
 * Connects as the application's role. The role is a startup option of the connection, not a statement, so that the connection never runs
 * without it. `pipeline` lets {@link TenantScope.statement} open, work and commit in one round trip.
 */
export function applicationDataSourceOptions(options: {
  readonly url: string;
  readonly poolSize: number;
  readonly onPoolError: (error: unknown) => void;
}): DataSourceOptions {
  const { url, ...session } = applicationSession(options.url);
  return {
    ...commonOptions(url),
    applicationName: 'prompt-ledger',
    // Without a handler, the error event of an idle connection whose server stops would end the process.
    poolErrorHandler: options.onPoolError,
    extra: {
      ...session,
      max: options.poolSize,
      pipeline: true,
    } satisfies PoolConfig & { pipeline: boolean },
  };
}

/** The same role, for connections that only call functions. They stay open, because opening one is expensive. */
export function journalPoolOptions(databaseUrl: string, size: number): PoolConfig {
  const { url, ...session } = applicationSession(databaseUrl);
  return {
    ...session,
    connectionString: url,
    application_name: 'prompt-ledger',
    max: size,
    idleTimeoutMillis: 0,
  };
}

function applicationSession(databaseUrl: string) {
  const { url, startupOptions } = takeStartupOptions(databaseUrl);
  return {
    url,
    Client: ResilientClient,
    connectionTimeoutMillis: 5000,
    // Longer than the server's own statement timeout, so it only ends statements whose connection has gone silent.
    query_timeout: 35_000,
    keepAlive: true,
    types: COLUMN_TYPES,
    options: [...startupOptions, ...SESSION_SETTINGS.map((setting) => `-c ${setting}`)].join(' '),
  };
}

/** A URL's `options` would replace ours, including the role, so this takes them out to combine both. */
function takeStartupOptions(url: string): { url: string; startupOptions: string[] } {
  if (!url.includes('options=')) return { url, startupOptions: [] };
  const parsed = new URL(url);
  const startupOptions = parsed.searchParams.getAll('options');
  parsed.searchParams.delete('options');
  return { url: parsed.href, startupOptions };
}

/**
 * Finds the URL that migrations connect with: `MIGRATION_DATABASE_URL`, then `DATABASE_URL`, then that of the running embedded server.
 * @throws NoEmbeddedServerError when none of them is available.
 */
export async function findOwnerUrl(env: Environment): Promise<string> {
  const url = env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL;
  return url ?? (await attachEmbeddedPostgres(env.PROMPT_LEDGER_HOME)).url;
}
