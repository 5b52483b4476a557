import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from '../../lib/servers/helper.mjs';
import { startLedger, startWorker } from '../../lib/servers/ledger.mjs';
import { compare, interleave, median } from '../../lib/report/rounds.mjs';
import { atMost, ratioAtLeast, row } from '../../lib/report/rows.mjs';
import { CONCURRENCY, sampleJobs, submitAndWait } from '../../lib/work/submit-work.mjs';
import { executionBody, putPrompt } from '../../lib/work/workload.mjs';

const CONNECTIONS = 16;
const BULL = 'Bull alone';
const POSTGRES_BELL = 'Postgres bell';
const REDIS_BELL = 'Redis bell';
const SETUPS = [
  { name: POSTGRES_BELL, database: 'bell_postgres', needsRedis: false, workerApart: false },
  { name: REDIS_BELL, database: 'bell_redis', needsRedis: true, workerApart: false },
  {
    name: `${POSTGRES_BELL}, worker apart`,
    database: 'bell_postgres_worker',
    needsRedis: false,
    workerApart: true,
  },
];
/** A whole submit takes a few milliseconds, so after this much everything is idle again. */
const REST_MS = 50;

/** Measures `:submit` → done with either bell, next to an empty job through Bull, and how soon a job starts on an idle service. */
export async function measureSubmit(bench) {
  return bench.scope.within(async (scope) => {
    const { redis, options, progress } = bench;
    const standIn = await startHelper(scope, 'stand-in');
    const setups = SETUPS.filter(({ needsRedis }) => redis !== null || !needsRedis);
    const subjects = [];
    for (const setup of setups) subjects.push(await startSubject(scope, bench, setup, standIn));
    const peers = redis === null ? subjects : [await startBull(scope, bench), ...subjects];

    progress(':submit → done, warm-up');
    for (const peer of peers) await peer.work('bench-warm-up', Math.ceil(options.jobs / 4));
    progress(':submit → done');
    const rounds = await interleave(peers, options.rounds, (peer, round) =>
      peer.work(`bench-submit-${round}`, options.jobs),
    );
    progress(':submit → started, at rest');
    const waits = [];
    for (const subject of subjects)
      waits.push({ name: subject.name, waitsMs: await subject.waits(options.restSamples) });

    const hasRedis = redis !== null;
    const results = subjects.map(({ name }) => {
      const scenario = `:submit → done, ${name}`;
      const { waitsMs } = waits.find((wait) => wait.name === name);
      const rows = [...throughputRows(scenario, name, rounds, hasRedis), startedRow(scenario, waitsMs)];
      return { scenario, rounds: rounds.map((round) => round[name]), waitsMs, rows };
    });
    const bull = { scenario: BULL, rounds: rounds.map((round) => round[BULL] ?? null), rows: [] };
    const notes = [`All jobs of :submit succeeded and are in Postgres (${options.jobs} a round and bell).`];
    if (!hasRedis) {
      notes.push(
        'Bull and the Redis bell were not measured: no redis-server on the PATH and no TEST_REDIS_URL.',
      );
    }
    return { results: [...results, bull], notes };
  });
}

async function startBull(scope, bench) {
  const { redis } = bench;
  const env = { BENCH_REDIS_URL: redis.url, BENCH_CONCURRENCY: String(CONCURRENCY) };
  const helper = await startHelper(scope, 'bull-loop', env);
  const work = (_label, jobs) =>
    sampleJobs(bench, [helper.pid], jobs, () => helper.ask('loop', { jobs, connections: CONNECTIONS }));
  return { name: BULL, work };
}

/** Each bell has its own database, so that no consumer takes another's work. */
async function startSubject(
  scope,
  bench,
  { name, database: databaseName, needsRedis, workerApart },
  standIn,
) {
  const { postgres, redis, tempDir } = bench;
  const database = await postgres.createDatabase(scope, databaseName);
  const env = {
    DATABASE_URL: database.url,
    OPENAI_BASE_URL: `${standIn.facts.url}/v1`,
    CONCURRENCY: String(CONCURRENCY),
    ...(needsRedis ? { REDIS_URL: redis.url } : {}),
  };
  const ledger = await startLedger(scope, { tempDir, env: { ...env, WORKER: workerApart ? 'off' : 'on' } });
  const worker = workerApart ? await startWorker(scope, { tempDir, env }) : null;
  await putPrompt(ledger);

  const pids = [ledger.process.pid, ...(worker === null ? [] : [worker.pid])];
  const work = (label, jobs) => submitAndWait(bench, { ledger, pids, database }, { label, jobs });
  return { name, work, waits: (samples) => measureWaits(ledger, samples) };
}

/** Submits one job at a time with rest in between, which leaves the way of one job from the queue to a worker. */
async function measureWaits(ledger, samples) {
  const waitsMs = [];
  for (let i = 0; i < samples; i++) {
    const submitted = await ledger.call('POST', '/v1/executions:submit', executionBody('bench-rest'));
    let execution;
    do {
      await sleep(REST_MS);
      execution = await ledger.call('GET', `/v1/executions/${submitted.execution_id}`);
    } while (!['succeeded', 'failed', 'canceled'].includes(execution.status));
    waitsMs.push(Date.parse(execution.started_at) - Date.parse(execution.created_at));
  }
  return waitsMs;
}

function throughputRows(scenario, name, rounds, hasRedis) {
  const jobs = { scenario, figure: 'jobs/s', unit: '/s' };
  const cpu = { scenario, figure: 'CPU a job (Node)', unit: 'ms' };
  const against = (peer, of) =>
    compare(rounds, (round) => of(round[name]), peer === null ? undefined : (round) => of(round[peer]));
  const perSecond = (sample) => sample.perSecond;
  const cpuMs = (sample) => sample.cpuMsPerJob;
  const postgresCpu = row(
    { scenario, figure: 'CPU a job (PostgreSQL)', unit: 'ms' },
    against(null, (sample) => sample.postgresCpuMsPerJob),
  );
  if (!hasRedis) return [row(jobs, against(null, perSecond)), row(cpu, against(null, cpuMs)), postgresCpu];
  return [
    row({ ...jobs, peer: BULL, goal: ratioAtLeast(0.35) }, against(BULL, perSecond)),
    ...(name === POSTGRES_BELL
      ? [row({ ...jobs, peer: REDIS_BELL, goal: ratioAtLeast(0.8) }, against(REDIS_BELL, perSecond))]
      : []),
    row({ ...cpu, peer: BULL }, against(BULL, cpuMs)),
    postgresCpu,
  ];
}

function startedRow(scenario, waitsMs) {
  const what = { scenario, figure: 'queued → started p50, at rest', unit: 'ms', goal: atMost(5, 'ms') };
  return row(what, { value: median(waitsMs), peerValue: null, ratio: null });
}
