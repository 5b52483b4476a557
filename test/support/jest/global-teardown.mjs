import { rm } from 'node:fs/promises';
import pg from 'pg';

export default async function globalTeardown() {
  if (process.env.TEST_DATABASE_URL) await dropDatabases();
  await Promise.all(globalThis.ledgerTestServers.map((server) => server.stop()));
  await rm(process.env.LEDGER_TEST_START, { recursive: true, force: true });
}

/** Leaves nothing of the run on a server that keeps running. */
async function dropDatabases() {
  const client = new pg.Client({ connectionString: process.env.LEDGER_TEST_POSTGRES_URL });
  await client.connect();
  const { rows } = await client.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
    `ledger_test_${process.env.LEDGER_TEST_RUN}_`,
  ]);
  for (const { datname } of rows) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`);
  await client.end();
}
