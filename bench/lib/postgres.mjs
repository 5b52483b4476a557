import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { prepareDatabase } from './ledger.mjs';
import { importBuilt } from './project.mjs';

/** Without these an answered execution can be lost, and every figure would be another product's. */
const DURABLE_SETTINGS = ['fsync', 'full_page_writes', 'synchronous_commit'];
const TEMPLATE = 'ledger_bench_template';
const RECOVERY_LIMIT_MS = 60_000;
const RECOVERY_POLL_MS = 100;

/**
 * @typedef {object} Postgres
 * @property {string} version
 * @property {string} dataDir on whose disk fsync is measured.
 * @property {boolean} embedded
 * @property {(scope: import('./scope.mjs').Scope, name: string) => Promise<Database>} createDatabase migrated and seeded.
 * @property {() => Promise<boolean>} crash SIGKILL and recovery; false where the server is not ours to kill.
 *
 * @typedef {object} Database
 * @property {string} url
 * @property {(sql: string, values?: unknown[]) => Promise<any[]>} query
 */

/**
 * The product's embedded server on a new folder, or the server of `TEST_DATABASE_URL`.
 *
 * @param {import('./scope.mjs').Scope} scope
 * @returns {Promise<Postgres>}
 */
export async function startPostgres(scope, tempDir) {
  const external = process.env.TEST_DATABASE_URL || null;
  const server =
    external === null ? await startEmbedded(scope, tempDir) : { url: external, dataDir: tempDir };
  const [{ server_version: version }] = await query(server.url, 'SHOW server_version');
  await assertDurable(server.url);
  await createTemplate(scope, server.url);
  return {
    version,
    dataDir: server.dataDir,
    embedded: external === null,
    createDatabase: (inScope, name) => createDatabase(inScope, server.url, name),
    crash: async () => {
      if (external !== null) return false;
      await crash(server);
      return true;
    },
  };
}

async function startEmbedded(scope, tempDir) {
  const { startEmbeddedPostgres } = await importBuilt('infra/database/embedded/index.js');
  const homeDir = path.join(tempDir, 'home');
  await mkdir(homeDir);
  const server = await startEmbeddedPostgres({ homeDir });
  await scope.defer(() => server.stop());
  return server;
}

async function assertDurable(url) {
  for (const setting of DURABLE_SETTINGS) {
    const [row] = await query(url, `SHOW ${setting}`);
    if (row[setting] !== 'on') {
      throw new Error(`PostgreSQL runs with ${setting} = ${row[setting]}: only durable figures count.`);
    }
  }
}

/** Migrated and seeded once; the scenarios' databases are copies. */
async function createTemplate(scope, serverUrl) {
  await query(serverUrl, `DROP DATABASE IF EXISTS ${TEMPLATE}`);
  await query(serverUrl, `CREATE DATABASE ${TEMPLATE}`);
  await scope.defer(() => query(serverUrl, `DROP DATABASE IF EXISTS ${TEMPLATE}`));
  await prepareDatabase(urlOf(serverUrl, TEMPLATE));
}

async function createDatabase(scope, serverUrl, name) {
  const database = `ledger_bench_${name}`;
  await query(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await query(serverUrl, `CREATE DATABASE ${database} TEMPLATE ${TEMPLATE}`);
  await scope.defer(() => query(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
  const url = urlOf(serverUrl, database);
  return { url, query: (sql, values) => query(url, sql, values) };
}

/** The embedded server's owner, this process, starts it again at the same address. */
async function crash({ url, dataDir }) {
  const [pid] = (await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  const deadline = performance.now() + RECOVERY_LIMIT_MS;
  await sleep(RECOVERY_POLL_MS);
  for (;;) {
    const isUp = await query(url, 'SELECT 1').then(
      () => true,
      () => false,
    );
    if (isUp) return;
    if (performance.now() > deadline) throw new Error('PostgreSQL did not recover from SIGKILL.');
    await sleep(RECOVERY_POLL_MS);
  }
}

/** A connection a query: between the rounds nothing of ours is open. */
async function query(url, sql, values = []) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function urlOf(serverUrl, database) {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
