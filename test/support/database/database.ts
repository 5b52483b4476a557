import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, escapeIdentifier } from 'pg';
import { startLedger } from '../servers/processes.js';
import { quickStart, recordStart } from '../start/quick-start.js';
import { testSetting } from '../settings.js';

const run = promisify(execFile);
const CLI = path.join(__dirname, '../../../dist/src/cli.js');
/** An arbitrary number that nothing else on the server locks with. */
const TEMPLATE_LOCK = 7_254_910;

export interface TestDatabase {
  /** Connects with the owner's rights, as in DATABASE_URL. */
  readonly url: string;
  drop(): Promise<void>;
}

/** Creates a database with every migration applied, as a copy of a template that the run's first test makes. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(await ensureMigrated());
}

/** Creates a database with the catalogue's models and prices, from a template, because seeding takes a process of seconds. */
export async function createSeededDatabase(): Promise<TestDatabase> {
  const migrated = await ensureMigrated();
  const seeded = `${databasePrefix()}seeded`;
  let isNew = false;
  const prepare = async (databaseUrl: string) => {
    await seed(databaseUrl);
    isNew = true;
  };
  await withAdmin((admin) => ensureTemplate(admin, seeded, { from: migrated, prepare }));
  if (isNew) await recordLedger(seeded);
  return createDatabase(seeded);
}

/** Uses a copy, because a process registers itself in the database. */
async function recordLedger(template: string): Promise<void> {
  const database = await createDatabase(template);
  await recordStart(async (env) => {
    const ledger = await startLedger({ env: { ...env, DATABASE_URL: database.url } });
    await ledger.stop();
  });
  await database.drop();
}

async function ensureMigrated(): Promise<string> {
  const template = `${databasePrefix()}template`;
  await withAdmin((admin) => ensureTemplate(admin, template, { from: 'template0', prepare: migrate }));
  return template;
}

/** Creates a database with nothing in it. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

/** Copies files, because the write-ahead log that Postgres would copy through takes most of the time. */
async function createDatabase(template: string): Promise<TestDatabase> {
  const name = `${databasePrefix()}${randomBytes(4).toString('hex')}`;
  await withAdmin(async (admin) => {
    await admin.query(
      `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)} STRATEGY FILE_COPY`,
    );
  });
  return {
    url: urlOf(name),
    drop: () =>
      withAdmin(async (admin) => {
        await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
      }),
  };
}

/** One of Jest's workers makes the template, and the others wait for the lock. */
async function ensureTemplate(
  admin: Client,
  template: string,
  { from, prepare }: { readonly from: string; readonly prepare: (databaseUrl: string) => Promise<void> },
): Promise<void> {
  await admin.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
  if (rowCount === 1) return;
  // The template is renamed at the end: one whose preparation failed would break every later test without a reason.
  const draft = `${template}_draft`;
  await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(draft)} WITH (FORCE)`);
  await admin.query(`CREATE DATABASE ${escapeIdentifier(draft)} TEMPLATE ${escapeIdentifier(from)}`);
  await prepare(urlOf(draft));
  await admin.query(`ALTER DATABASE ${escapeIdentifier(draft)} RENAME TO ${escapeIdentifier(template)}`);
}

/** Migrates as an operator does, in a process of its own. */
export async function migrate(databaseUrl: string, ...args: string[]): Promise<void> {
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl, MIGRATION_DATABASE_URL: databaseUrl };
  await run(process.execPath, [...quickStart(), CLI, 'migrate', ...args], { env });
}

async function seed(databaseUrl: string): Promise<void> {
  await run(process.execPath, [CLI, 'seed'], { env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl } });
}

/** Closes the connection at the end, which releases its locks. */
async function withAdmin<T>(work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: testSetting('LEDGER_TEST_POSTGRES_URL') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function databasePrefix(): string {
  return `ledger_test_${testSetting('LEDGER_TEST_RUN')}_`;
}

function urlOf(database: string): string {
  const url = new URL(testSetting('LEDGER_TEST_POSTGRES_URL'));
  url.pathname = `/${database}`;
  return url.href;
}
