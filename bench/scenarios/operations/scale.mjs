import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from '../../lib/servers/helper.mjs';
import { startLedger, startWorker } from '../../lib/servers/ledger.mjs';
import { readCpuMs, readRssMib } from '../../lib/report/machine.mjs';
import { compare, interleave } from '../../lib/report/rounds.mjs';
import { row } from '../../lib/report/rows.mjs';
import { executionRequest } from '../../lib/work/run-peers.mjs';
import { PROMPT_PATH, putPrompt } from '../../lib/work/workload.mjs';

const CONNECTIONS = 64;
const SUBMIT_CONNECTIONS = 16;
const COUNTS = [1, 2, 4];
/** Never reached, so that each request is counted and none is refused. */
const LIMIT = { RATE_LIMIT_PROJECT_REQUESTS: '1000000000' };
const LIMITED_COUNTS = [1, 2];
/** Ten API processes share a server that allows a hundred connections; runs use the journals' own. */
const POOL_SIZE = '2';
const LABEL = 'bench-scale';
const DONE_POLL_MS = 100;
const DONE_LIMIT_MS = 120_000;

/** Measures the same work with one, two and four API processes, and with one, two and four workers, on this one machine. */
export async function measureScale(bench) {
  return bench.scope.within(async (scope) => {
    const standIn = await startHelper(scope, 'stand-in');
    const results = await scope.within((inner) => measureApis(inner, bench, standIn));
    results.push(await measureWorkers(scope, bench, standIn));
    return { results, notes: [`All processes, the load and PostgreSQL share ${bench.machine.cores} cores.`] };
  });
}

async function measureApis(scope, bench, standIn) {
  const apis = await startApis(scope, bench, standIn);
  const results = [];
  // Reads are not limited, so a limit would not show.
  const unlimited = apis.filter(({ isLimited }) => !isLimited);
  for (const { scenario, requestOf, among } of [
    { scenario: `:run, ${CONNECTIONS} connections`, requestOf: buildRun, among: apis },
    { scenario: `prompt read, ${CONNECTIONS} connections`, requestOf: buildRead, among: unlimited },
  ]) {
    bench.progress(`${scenario}, by processes`);
    const peers = among.map((api) => ({ ...api, request: requestOf(api.ledger) }));
    results.push(await measureRequests(bench, scenario, peers));
  }
  return results;
}

const buildRun = (ledger) => executionRequest(ledger, ':run', LABEL);
const buildRead = (ledger) => ({
  url: ledger.url + PROMPT_PATH,
  method: 'GET',
  headers: ledger.headers,
  expectedStatus: 200,
});

async function startApis(scope, { postgres, tempDir }, standIn) {
  const database = await postgres.createDatabase(scope, 'scale');
  const setups = [
    ...COUNTS.map((count) => ({ count, name: named(count, 'API process'), limit: {} })),
    ...LIMITED_COUNTS.map((count) => ({
      count,
      name: `${named(count, 'API process')}, rate limit`,
      limit: LIMIT,
    })),
  ];
  const apis = [];
  for (const { count, name, limit } of setups) {
    const env = {
      DATABASE_URL: database.url,
      OPENAI_BASE_URL: `${standIn.facts.url}/v1`,
      WORKER: 'off',
      WEB_CONCURRENCY: String(count),
      DATABASE_POOL_SIZE: POOL_SIZE,
      ...limit,
    };
    const ledger = await startLedger(scope, { tempDir, env });
    apis.push({ name, pid: ledger.process.pid, ledger, isLimited: limit === LIMIT });
  }
  await putPrompt(apis[0].ledger);
  return apis;
}

async function measureRequests({ load, options }, scenario, peers) {
  const { rounds, seconds, warmUpSeconds } = options;
  for (const peer of peers) await load.measure(peer, { connections: CONNECTIONS, seconds: warmUpSeconds });
  const samples = await interleave(peers, rounds, async (peer) => {
    const cpuBeforeMs = await sumOfTree(peer.pid, readCpuMs);
    const sample = await load.measure(peer, { connections: CONNECTIONS, seconds });
    const cpuMs = difference(await sumOfTree(peer.pid, readCpuMs), cpuBeforeMs);
    return {
      ...sample,
      cpuMsPerRequest: cpuMs === null ? null : cpuMs / sample.answered,
      rssMib: await sumOfTree(peer.pid, readRssMib),
    };
  });
  const [first] = peers;
  const rows = peers.flatMap(({ name }) => {
    const figure = (what, unit, of) => {
      const isFirst = name === first.name;
      const figures = compare(
        samples,
        (round) => of(round[name]),
        isFirst ? undefined : (round) => of(round[first.name]),
      );
      return row({ scenario, figure: `${what}, ${name}`, unit, peer: isFirst ? null : first.name }, figures);
    };
    return [
      figure('requests/s', '/s', (sample) => sample.perSecond),
      figure('CPU a request (Node)', 'ms', (sample) => sample.cpuMsPerRequest),
      figure('memory of all (RSS)', 'MiB', (sample) => sample.rssMib),
    ];
  });
  return { scenario, rounds: samples, rows };
}

/** Each number of workers has its own database, so that none takes another's work. */
async function measureWorkers(scope, bench, standIn) {
  const scenario = `:submit → done, ${SUBMIT_CONNECTIONS} connections`;
  bench.progress(`${scenario}, by workers`);
  const subjects = [];
  for (const count of COUNTS) subjects.push(await startWorkers(scope, bench, standIn, count));
  const { rounds, jobs } = bench.options;
  for (const subject of subjects) await subject.work('bench-scale-warm-up', Math.ceil(jobs / 4));
  const samples = await interleave(subjects, rounds, (subject, round) =>
    subject.work(`bench-scale-${round}`, jobs),
  );
  const [first] = subjects;
  const rows = subjects.map(({ name }) => {
    const peer = name === first.name ? null : first.name;
    const figures = compare(
      samples,
      (round) => round[name].perSecond,
      peer === null ? undefined : (round) => round[peer].perSecond,
    );
    return row({ scenario, figure: `jobs/s, ${name}`, unit: '/s', peer }, figures);
  });
  return { scenario, rounds: samples, rows };
}

async function startWorkers(scope, { postgres, tempDir, load }, standIn, count) {
  const database = await postgres.createDatabase(scope, `scale_workers_${count}`);
  const env = { DATABASE_URL: database.url, OPENAI_BASE_URL: `${standIn.facts.url}/v1` };
  const ledger = await startLedger(scope, { tempDir, env: { ...env, WORKER: 'off' } });
  for (let index = 0; index < count; index++) await startWorker(scope, { tempDir, env });
  await putPrompt(ledger);
  const name = named(count, 'worker');
  const work = async (label, jobs) => {
    const peer = { name, pid: ledger.process.pid, request: executionRequest(ledger, ':submit', label) };
    await load.measure(peer, { connections: SUBMIT_CONNECTIONS, requests: jobs, openFirst: false });
    return { perSecond: (jobs * 1000) / (await untilDone(database, label, jobs)) };
  };
  return { name, work };
}

/**
 * Returns the time it took by the database's clock, from the first row to the last completion.
 *
 * @throws {Error} when jobs do not end.
 */
async function untilDone(database, label, jobs) {
  const deadline = performance.now() + DONE_LIMIT_MS;
  for (;;) {
    const [found] = await database.query(
      `SELECT count(*) FILTER (WHERE status = 'succeeded')::integer AS succeeded,
              extract(epoch FROM max(completed_at) - min(created_at))::float8 * 1000 AS elapsed_ms
       FROM executions_all WHERE correlation_id = $1`,
      [label],
    );
    if (found.succeeded === jobs) return found.elapsed_ms;
    if (performance.now() > deadline) throw new Error(`${found.succeeded} of ${jobs} jobs are done.`);
    await sleep(DONE_POLL_MS);
  }
}

/** A supervisor's API processes are its children. @returns {Promise<number | null>} null where it cannot be read. */
async function sumOfTree(pid, of) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const pids = [pid, ...children.trim().split(/\s+/).filter(Boolean).map(Number)];
  const values = await Promise.all(pids.map(of));
  return values.includes(null) ? null : values.reduce((sum, value) => sum + value, 0);
}

function difference(after, before) {
  return after === null || before === null ? null : after - before;
}

function named(count, what) {
  return `${count} ${what}${count === 1 ? '' : what.endsWith('s') ? 'es' : 's'}`;
}
