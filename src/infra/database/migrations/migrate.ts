import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../../migrations/index.js';
import { getMessage, endSentence } from '../../../kernel/index.js';
import { ConfigurationError } from '../../config/index.js';
import { ownerDataSourceOptions } from '../connections/data-source-options.js';
import { describeMissingRight } from './describe-missing-right.js';

/** An arbitrary number, the same for all migrating processes. */
const MIGRATION_LOCK = 7_020_417;

/** The first of the migrations from before the first release. No later version can upgrade such a database. */
const BEFORE_FIRST_RELEASE = 'CreateLedger1795377600000';

/**
 * Runs the pending migrations, one process at a time. @returns the names of the migrations that were run.
 * @throws ConfigurationError for a database from before the first release, one that cannot be reached, or a privilege that the owner lacks.
 *   In each case nothing was run.
 */
export async function migrate(ownerUrl: string): Promise<string[]> {
  return withOwner(ownerUrl, async (dataSource) =>
    (await dataSource.runMigrations()).map(({ name }) => name),
  );
}

/** Reverts the latest migration. */
export async function revertLatestMigration(ownerUrl: string): Promise<void> {
  await withOwner(ownerUrl, (dataSource) => dataSource.undoLastMigration());
}

/**
 * @param query runs a statement as the role that the service connects as.
 * @returns the names of the migrations that the database still lacks; all of them when it has never been migrated.
 * @throws ConfigurationError for a database from before the first release.
 */
export async function findPendingMigrations(
  query: (text: string) => Promise<{ names: string[] | null }[]>,
): Promise<string[]> {
  const applied = await appliedMigrations(query);
  assertNotFromBefore(applied);
  return MIGRATIONS.map(({ name }) => name).filter((name) => !applied.includes(name));
}

async function appliedMigrations(
  query: (text: string) => Promise<{ names: string[] | null }[]>,
): Promise<readonly string[]> {
  try {
    const [row] = await query('SELECT ledger_applied_migrations() AS names');
    return row?.names ?? [];
  } catch (error) {
    const undefinedFunction = '42883';
    if ((error as { code?: string }).code === undefinedFunction) return [];
    throw error;
  }
}

async function listApplied(dataSource: DataSource): Promise<string[]> {
  const [table] = await dataSource.query<{ is_there: boolean }[]>(
    `SELECT to_regclass('public.migrations') IS NOT NULL AS is_there`,
  );
  if (table?.is_there !== true) return [];
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM public.migrations');
  return rows.map(({ name }) => name);
}

function assertNotFromBefore(applied: readonly string[]): void {
  if (!applied.includes(BEFORE_FIRST_RELEASE)) return;
  throw new ConfigurationError(
    'This database was made by a version of Prompt Ledger from before its first release, and its tables cannot be migrated: start with an empty one (another DATABASE_URL, or another PROMPT_LEDGER_HOME for the embedded server), and export what you need of the old one with the version that made it.',
  );
}

async function withOwner<T>(ownerUrl: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = new DataSource(ownerDataSourceOptions(ownerUrl));
  await dataSource.initialize().catch((error: unknown) => {
    // A host with two addresses fails with an AggregateError, whose message is empty.
    const reason = getMessage(error) || ((error as NodeJS.ErrnoException).code ?? 'unknown error');
    throw new ConfigurationError(
      `The database that is to be migrated cannot be used: ${endSentence(reason)}`,
    );
  });
  try {
    // A session lock: the pool's one connection keeps it through all transactions until it closes.
    await dataSource.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    assertNotFromBefore(await listApplied(dataSource));
    return await work(dataSource);
  } catch (error) {
    throw await describeMissingRight(error, (text) => dataSource.query(text));
  } finally {
    await dataSource.destroy();
  }
}
