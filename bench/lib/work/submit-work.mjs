import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMsOfTree } from '../report/machine.mjs';
import { findRecordTables } from './record-tables.mjs';
import { executionRequest } from './run-peers.mjs';

const CONNECTIONS = 16;
/** The product's default CONCURRENCY, stated because the Bull peer gets the same. */
export const CONCURRENCY = 16;
const DONE_POLL_MS = 100;
const DONE_LIMIT_MS = 300_000;

/**
 * @typedef {object} JobSample
 * @property {number} perSecond jobs per second.
 * @property {number} elapsedMs
 * @property {number | null} cpuMsPerJob processor time of the Node processes.
 * @property {number | null} postgresCpuMsPerJob
 */

/**
 * Submits a number of jobs and waits until all of them are done.
 *
 * @param {any} bench
 * @param {object} subject
 * @param {import('../servers/ledger.mjs').Ledger} subject.ledger
 * @param {number[]} subject.pids process ids of the ledger and its workers.
 * @param {import('../servers/postgres.mjs').Database} subject.database
 * @param {Record<string, unknown>} [subject.further] additional members of each request's body.
 * @param {string} [subject.uniqueHeader]
 * @param {{ label: string, jobs: number }} work
 * @returns {Promise<JobSample>}
 */
export async function submitAndWait(bench, subject, { label, jobs }) {
  const { ledger, pids, database, further, uniqueHeader } = subject;
  const request = { ...executionRequest(ledger, ':submit', label, further), uniqueHeader };
  const peer = { name: label, pid: ledger.process.pid, request };
  return sampleJobs(bench, pids, jobs, async () => {
    await bench.load.measure(peer, { connections: CONNECTIONS, requests: jobs, openFirst: false });
    return untilDone(database, label, jobs);
  });
}

/**
 * @param {() => Promise<number>} work does the jobs, and resolves with the milliseconds that they took.
 * @returns {Promise<JobSample>}
 */
export async function sampleJobs({ postgres }, pids, jobs, work) {
  const before = await readCpu(postgres, pids);
  const elapsedMs = await work();
  const after = await readCpu(postgres, pids);
  const perJob = (name) => (before[name] === null ? null : (after[name] - before[name]) / jobs);
  return {
    perSecond: (jobs * 1000) / elapsedMs,
    elapsedMs,
    cpuMsPerJob: perJob('nodeMs'),
    postgresCpuMsPerJob: perJob('postgresMs'),
  };
}

async function readCpu(postgres, pids) {
  const all = await Promise.all(pids.map(cpuMsOfTree));
  const nodeMs = all.includes(null) ? null : all.reduce((sum, ms) => sum + ms, 0);
  return { nodeMs, postgresMs: await postgres.cpuMs() };
}

/**
 * Returns the time by the database's clock from the first row to the last completion, without the time of polling.
 *
 * @throws {Error} when a job fails, is missing or does not end.
 */
async function untilDone(database, label, jobs) {
  const { executions } = await findRecordTables(database);
  const deadline = performance.now() + DONE_LIMIT_MS;
  for (;;) {
    const [found] = await database.query(
      `SELECT count(*) FILTER (WHERE status = 'succeeded')::integer AS succeeded,
              count(*) FILTER (WHERE status IN ('failed', 'canceled'))::integer AS failed,
              extract(epoch FROM max(completed_at) - min(created_at))::float8 * 1000 AS elapsed_ms
       FROM ${executions} WHERE correlation_id = $1`,
      [label],
    );
    if (found.failed > 0) throw new Error(`${found.failed} of ${jobs} jobs failed.`);
    if (found.succeeded === jobs) return found.elapsed_ms;
    if (performance.now() > deadline)
      throw new Error(`${found.succeeded} of ${jobs} jobs are done and no more.`);
    await sleep(DONE_POLL_MS);
  }
}
