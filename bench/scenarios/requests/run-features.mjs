import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from '../../lib/servers/helper.mjs';
import { cpuMsOfTree } from '../../lib/report/machine.mjs';
import { compare, interleave } from '../../lib/report/rounds.mjs';
import { ratioAtMost, row } from '../../lib/report/rows.mjs';
import { NODE_CPU, POSTGRES_CPU, WHOLE_CPU } from '../../lib/report/run-figures.mjs';
import { executionRequest } from '../../lib/work/run-peers.mjs';
import { submitAndWait } from '../../lib/work/submit-work.mjs';
import { startSubject } from '../../lib/servers/subject.mjs';

const CONNECTIONS = 64;
const PLAIN = 'the same without';
const FEATURED = 'with all';
const RUN_SCENARIO = `:run with a key and a budget, ${CONNECTIONS} connections`;
const SUBMIT_SCENARIO = ':submit → done with a key, a budget and a callback';
const LABEL = 'bench-features';
const KEY_HEADER = 'idempotency-key';
const MOST_COST = ratioAtMost(1.5);
const SETTINGS = { WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' };
const DELIVERY_LIMIT_MS = 300_000;
const DELIVERY_POLL_MS = 50;
const RUN_FIGURES = [
  {
    name: 'time a request takes of the service (1 / requests/s)',
    unit: 'ms',
    of: ({ perSecond }) => 1000 / perSecond,
    goal: MOST_COST,
  },
  NODE_CPU,
  POSTGRES_CPU,
  { ...WHOLE_CPU, goal: MOST_COST },
];
const SUBMIT_FIGURES = [
  {
    name: 'time a job takes of the service (1 / jobs/s)',
    unit: 'ms',
    of: ({ perSecond }) => 1000 / perSecond,
    goal: MOST_COST,
  },
  { name: 'CPU a job (Node)', unit: 'ms', of: ({ cpuMsPerJob }) => cpuMsPerJob },
  { name: 'CPU a job (PostgreSQL)', unit: 'ms', of: ({ postgresCpuMsPerJob }) => postgresCpuMsPerJob },
  {
    name: 'CPU a job until its callback is delivered (Node + PostgreSQL)',
    unit: 'ms',
    of: ({ deliveredCpuMsPerJob }) => deliveredCpuMsPerJob,
  },
];

/**
 * Measures the cost of an Idempotency-Key and a hard budget for a request, and also of a callback for a job, next to the same without
 * them. A client that waits for a `:run` gets no callback, so only jobs have all three.
 */
export async function measureRunFeatures(bench) {
  return bench.scope.within(async (scope) => {
    const stage = await setUp(scope, bench);
    const runs = await measureRuns(bench, stage);
    const jobs = await measureJobs(bench, stage);
    return {
      results: [
        { scenario: RUN_SCENARIO, rounds: runs, rows: toRows(RUN_SCENARIO, runs, RUN_FIGURES) },
        {
          scenario: SUBMIT_SCENARIO,
          rounds: jobs.rounds,
          rows: toRows(SUBMIT_SCENARIO, jobs.rounds, SUBMIT_FIGURES),
        },
      ],
      notes: [`All ${jobs.delivered} callbacks of ${SUBMIT_SCENARIO} were delivered.`],
    };
  });
}

async function setUp(scope, bench) {
  const standIn = await startHelper(scope, 'stand-in');
  const receiver = await startHelper(scope, 'callback-receiver');
  const plain = await startSubject(scope, bench, standIn, 'features_plain', SETTINGS);
  const featured = await startSubject(scope, bench, standIn, 'features_all', SETTINGS);
  await makeBudget(featured.ledger);
  return { receiver, plain, featured };
}

/** Makes a total budget of the whole project: the one row that every request has to hold from and settle to. */
async function makeBudget(ledger) {
  await ledger.call('POST', '/v1/prices', {
    provider: 'openai',
    model_name: 'gpt-4o-mini',
    input_usd_per_mtok: '0.15',
    output_usd_per_mtok: '0.6',
    source: 'the benchmark',
  });
  const budget = { name: 'bench', scope: 'project', period: 'total', limit_usd: '1000000', mode: 'hard' };
  await ledger.call('POST', '/v1/budgets', budget);
}

async function measureRuns({ load, options, progress }, { plain, featured }) {
  const toPeer = (name, { ledger }, further) => ({
    name,
    pid: ledger.process.pid,
    request: { ...executionRequest(ledger, ':run', LABEL), ...further },
  });
  const peers = [toPeer(PLAIN, plain, {}), toPeer(FEATURED, featured, { uniqueHeader: KEY_HEADER })];
  const measure = (peer, seconds) => load.measure(peer, { connections: CONNECTIONS, seconds });
  progress(`${RUN_SCENARIO}, warm-up`);
  for (const peer of peers) await measure(peer, options.warmUpSeconds);
  progress(RUN_SCENARIO);
  return interleave(peers, options.rounds, (peer) => measure(peer, options.seconds));
}

async function measureJobs(bench, { receiver, plain, featured }) {
  const { options, progress } = bench;
  const callback = { callback_url: `${receiver.facts.url}/done` };
  const peers = [
    { name: PLAIN, subject: plain },
    { name: FEATURED, subject: { ...featured, further: callback, uniqueHeader: KEY_HEADER } },
  ];
  let delivered = 0;
  const measure = async ({ name, subject }, label, jobs) => {
    const beforeMs = await readCpuMs(bench, subject);
    const sample = await submitAndWait(bench, subject, { label: `${LABEL}-${label}`, jobs });
    if (name === FEATURED) delivered += jobs;
    // Waits before the other one begins, which would otherwise pay for leftover deliveries.
    await untilDelivered(receiver, delivered);
    const afterMs = await readCpuMs(bench, subject);
    return { ...sample, deliveredCpuMsPerJob: beforeMs === null ? null : (afterMs - beforeMs) / jobs };
  };
  progress(`${SUBMIT_SCENARIO}, warm-up`);
  for (const peer of peers) await measure(peer, 'warm-up', Math.ceil(options.jobs / 4));
  progress(SUBMIT_SCENARIO);
  const rounds = await interleave(peers, options.rounds, (peer, round) => measure(peer, round, options.jobs));
  return { rounds, delivered };
}

async function untilDelivered(receiver, expected) {
  const deadline = performance.now() + DELIVERY_LIMIT_MS;
  for (;;) {
    const received = await receiver.ask('received');
    if (received >= expected) return;
    if (performance.now() > deadline)
      throw new Error(`${received} of ${expected} callbacks were delivered and no more.`);
    await sleep(DELIVERY_POLL_MS);
  }
}

async function readCpuMs({ postgres }, { ledger }) {
  const nodeMs = await cpuMsOfTree(ledger.process.pid);
  const postgresMs = await postgres.cpuMs();
  return nodeMs === null || postgresMs === null ? null : nodeMs + postgresMs;
}

function toRows(scenario, rounds, figures) {
  return figures.map(({ name, unit, of, goal }) => {
    const ofPeer = (peer) => (round) => of(round[peer]);
    const what = { scenario, figure: name, unit, peer: PLAIN, goal };
    return row(what, compare(rounds, ofPeer(FEATURED), ofPeer(PLAIN)));
  });
}
