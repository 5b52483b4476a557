import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { prepareDatabase } from './ledger.mjs';
import { cpuMsOfTree } from '../report/machine.mjs';
import { importBuilt, inProject } from '../project.mjs';

/** Without these an answered execution can be lost, and the figures would describe another product. */
const DURABLE_SETTINGS = ['fsync', 'full_page_writes', 'synchronous_commit'];
const TEMPLATE = 'ledger_bench_template';
const RECOVERY_LIMIT_MS = 60_000;
const RECOVERY_POLL_MS = 100;

/**
 * @typedef {object} Postgres
 * @property {string} version
 * @property {string} dataDir its folder, on whose disk fsync is measured.
 * @property {boolean} embedded
 * @property {string | null} logFile null for an external server.
 * @property {(scope: import('../scope.mjs').Scope, name: string, root?: string) => Promise<Database>} createDatabase makes a database that
 * the project in `root`, by default this one, migrates and seeds.
 * @property {() => Promise<number | null>} cpuMs the processor time of all processes of the server; null where it cannot be read.
 * @property {() => Promise<boolean>} crash kills the server with SIGKILL and waits for its recovery; false for an external server.
 *
 * @typedef {object} Database
 * @property {string} url
 * @property {(sql: string, values?: unknown[]) => Promise<any[]>} query
 */

/**
 * Starts the product's embedded server on a new folder, or uses the server of `TEST_DATABASE_URL`.
 *
 * @param {import('../scope.mjs').Scope} scope
 * @returns {Promise<Postgres>}
 */
export async function startPostgres(scope, tempDir) {
  const external = process.env.TEST_DATABASE_URL || null;
  const server =
    external === null
      ? await startEmbedded(scope, tempDir)
      : { url: external, dataDir: tempDir, logFile: null };
  const [{ server_version: version }] = await query(server.url, 'SHOW server_version');
  await assertDurable(server.url);
  const templates = new Map();
  const toTemplate = (root) => {
    if (!templates.has(root)) templates.set(root, createTemplate(scope, server.url, root, templates.size));
    return templates.get(root);
  };
  return {
    version,
    dataDir: server.dataDir,
    embedded: external === null,
    logFile: server.logFile,
    createDatabase: async (inScope, name, root = inProject()) =>
      createDatabase(inScope, server.url, name, await toTemplate(root)),
    cpuMs: async () => (external === null ? cpuMsOfTree(await readPostmasterPid(server.dataDir)) : null),
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
  return { url: server.url, dataDir: server.dataDir, logFile: path.join(homeDir, 'postgres.log') };
}

async function assertDurable(url) {
  for (const setting of DURABLE_SETTINGS) {
    const [row] = await query(url, `SHOW ${setting}`);
    if (row[setting] !== 'on') {
      throw new Error(`PostgreSQL runs with ${setting} = ${row[setting]}: only durable figures count.`);
    }
  }
}

/** Migrates and seeds a template once, which the scenarios' databases copy. @returns {Promise<string>} its name. */
async function createTemplate(scope, serverUrl, root, index) {
  const template = `${TEMPLATE}_${index}`;
  await query(serverUrl, `DROP DATABASE IF EXISTS ${template}`);
  await query(serverUrl, `CREATE DATABASE ${template}`);
  await scope.defer(() => query(serverUrl, `DROP DATABASE IF EXISTS ${template}`));
  await prepareDatabase(toUrl(serverUrl, template), root);
  return template;
}

async function createDatabase(scope, serverUrl, name, template) {
  const database = `ledger_bench_${name}`;
  await query(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await query(serverUrl, `CREATE DATABASE ${database} TEMPLATE ${template}`);
  await scope.defer(() => query(serverUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
  const url = toUrl(serverUrl, database);
  return { url, query: (sql, values) => query(url, sql, values) };
}

/** This process owns the embedded server and restarts it at the same address. */
async function crash({ url, dataDir }) {
  process.kill(await readPostmasterPid(dataDir), 'SIGKILL');
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

/** Read each time, because it changes with a crash. */
async function readPostmasterPid(dataDir) {
  const [pid] = (await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

/** Opens a connection for each query, so that none of them is open between the rounds. */
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

function toUrl(serverUrl, database) {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
