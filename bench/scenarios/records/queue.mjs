import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startHelper } from '../../lib/servers/helper.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { findQueueStatements } from '../../lib/profile/queue-statements.mjs';
import { findRecordTables } from '../../lib/work/record-tables.mjs';
import { median } from '../../lib/report/rounds.mjs';
import { atMost, row } from '../../lib/report/rows.mjs';
import { logStatements } from '../../lib/profile/statement-log.mjs';
import { uuid7At } from '../../lib/work/uuid7-sql.mjs';
import { executionBody, putPrompt } from '../../lib/work/workload.mjs';

const LABEL = 'bench-queue';
const BATCH = 1_000;
/** Slow, so that the queue is hardly shorter at the end, and a worker claims whenever one of its calls ends. */
const PROVIDER_MS = 500;
/** Short, so that there are many sweeps, but still far longer than a call. */
const LEASE_MS = '4000';
const SUBMIT_EVERY_MS = 250;
const MOST = atMost(2, 'ms');

/** Measures what a long queue costs the server for claims, sweeps and counts while a worker works. */
export async function measureQueue(bench) {
  return bench.scope.within(async (scope) => {
    const { options, postgres, progress } = bench;
    const { queued, deadRows } = options;
    const standIn = await startHelper(scope, 'stand-in');
    await standIn.ask('setDelay', PROVIDER_MS);
    const database = await postgres.createDatabase(scope, 'queue');
    const log = await logStatements(postgres, database);
    if (log === null) {
      return {
        results: [],
        notes: ['The queue was not measured: the log of TEST_DATABASE_URL cannot be read.'],
      };
    }
    const env = {
      DATABASE_URL: database.url,
      OPENAI_BASE_URL: `${standIn.facts.url}/v1`,
      LEASE_MS,
      MAX_QUEUED: String(queued * 2),
    };
    await submitAll(scope, bench, env, queued);
    const ledger = await startLedger(scope, { tempDir: bench.tempDir, env });
    const scenario = `${queued.toLocaleString('en-US')} queued`;
    progress(scenario);
    const results = [await measure(bench, ledger, log, scenario)];

    const { isSplit } = await findRecordTables(database);
    await leaveDeadRows(scope, database, isSplit ? 'executions_in_flight' : 'executions', deadRows);
    const worse = `${scenario}, ${deadRows.toLocaleString('en-US')} dead rows under an old snapshot`;
    progress(worse);
    results.push(await measure(bench, ledger, log, worse));
    return { results, notes: [] };
  });
}

/** Submits through a process that works on none of it. */
async function submitAll(scope, bench, env, queued) {
  await scope.within(async (inner) => {
    const ledger = await startLedger(inner, { tempDir: bench.tempDir, env: { ...env, WORKER: 'off' } });
    await putPrompt(ledger);
    const { variables, correlation_id: _, ...shared } = executionBody(LABEL);
    for (let done = 0; done < queued; done += BATCH) {
      bench.progress(`queue, ${done.toLocaleString('en-US')} submitted`);
      const entries = Array.from({ length: Math.min(BATCH, queued - done) }, () => ({ variables }));
      await ledger.call('POST', '/v1/executions:submit-batch', { ...shared, entries });
    }
  });
}

async function measure({ options, load }, ledger, log, scenario) {
  const { pid } = ledger.process;
  const body = JSON.stringify(executionBody(LABEL));
  const request = {
    url: `${ledger.url}/v1/executions:submit`,
    method: 'POST',
    headers: ledger.headers,
    body,
  };
  const submit = { name: 'ledger', pid, request: { ...request, expectedStatus: 202 } };
  await log.mark();
  const endAtMs = performance.now() + options.rounds * options.seconds * 1000;
  do {
    // A submit makes the service count the queue.
    await load.measure(submit, { connections: 1, requests: 1, openFirst: false });
    await sleep(SUBMIT_EVERY_MS);
  } while (performance.now() < endAtMs);
  const found = findQueueStatements(await log.read());
  const rows = found.flatMap(({ figure, durationsMs }) => toRows(scenario, figure, durationsMs));
  return { scenario, rounds: found, rows };
}

function toRows(scenario, figure, durationsMs) {
  const sorted = [...durationsMs].sort((a, b) => a - b);
  const single = (value) => ({ value, peerValue: null, ratio: null });
  const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1];
  return [
    row({ scenario, figure: `${figure}, p50`, unit: 'ms', goal: MOST }, single(median(durationsMs))),
    row({ scenario, figure: `${figure}, p95`, unit: 'ms' }, single(p95)),
  ];
}

/**
 * Leaves deleted rows that vacuum cannot remove, because an open transaction could still see them:
 * copies of a queued execution and of one in progress.
 */
async function leaveDeadRows(scope, database, table, count) {
  const reader = await connect(scope, database);
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM projects');
  const writer = await connect(scope, database);
  // Disables triggers and foreign keys, whose work leaves no rows in this table.
  await writer.query(`
    SET session_replication_role = replica;
    CREATE TEMP TABLE copies AS
      SELECT original.* FROM generate_series(1, ${Math.ceil(count / 2)}), LATERAL (
        (SELECT * FROM ${table} WHERE status = 'queued' LIMIT 1) UNION ALL
        (SELECT * FROM ${table} WHERE status = 'running' LIMIT 1)) AS original;
    UPDATE copies SET execution_id = ${uuid7At('clock_timestamp()')}`);
  await writer.query('BEGIN');
  await writer.query(`INSERT INTO ${table} SELECT * FROM copies`);
  await writer.query(
    `DELETE FROM ${table} t USING copies c WHERE t.project_id = c.project_id AND t.execution_id = c.execution_id`,
  );
  await writer.query('COMMIT');
}

async function connect(scope, database) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await scope.defer(() => client.end());
  return client;
}
