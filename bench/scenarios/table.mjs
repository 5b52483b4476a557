import pg from 'pg';
import { describeFill, fillExecutions, prepareTables } from '../lib/fill-executions.mjs';
import { startHelper } from '../lib/helper.mjs';
import { startLedger } from '../lib/ledger.mjs';
import { compare, interleave } from '../lib/rounds.mjs';
import { ratioAtMost, row } from '../lib/rows.mjs';
import { NODE_CPU, POSTGRES_CPU } from '../lib/run-figures.mjs';
import { executionRequest } from '../lib/run-peers.mjs';
import { putPrompt } from '../lib/workload.mjs';

const CONNECTIONS = 64;
const FULL = 'full table';
const EMPTY = 'empty table';
const LABEL = 'bench-table';
const MOST_GROWTH = ratioAtMost(1.25);
const FIGURES = [
  {
    name: 'time a request takes of the service (1 / requests/s)',
    unit: 'ms',
    of: ({ perSecond }) => 1000 / perSecond,
    goal: MOST_GROWTH,
  },
  { name: 'p50', unit: 'ms', of: ({ p50Ms }) => p50Ms },
  NODE_CPU,
  { ...POSTGRES_CPU, goal: MOST_GROWTH },
];

/** `:run` on a week with many executions beside an empty one: a request must cost the same on both. */
export async function measureTable(bench) {
  return bench.scope.within(async (scope) => {
    const { executions } = bench.options;
    const standIn = await startHelper(scope, 'stand-in');
    const subjects = {
      [EMPTY]: await createSubject(scope, bench, standIn, 'table_empty'),
      [FULL]: await createSubject(scope, bench, standIn, 'table_full'),
    };
    const results = [];
    const measureAll = async (state) => {
      const scenario = `:run, ${CONNECTIONS} connections, on ${executions.toLocaleString('en-US')} executions of this week, ${state}`;
      results.push(await measure(bench, subjects, scenario));
    };
    for (const { client } of Object.values(subjects)) await prepareTables(client, 1);
    await startAll(bench, subjects);
    const { client, database } = subjects[FULL];
    const onChunk = (written) =>
      bench.progress(`table, ${written.toLocaleString('en-US')} executions written`);
    await fillExecutions(client, { executions, weeks: 1, onChunk });

    await measureAll('plans made before they came');
    await restartAll(bench, subjects);
    await measureAll('never analysed');
    await client.query('ANALYZE');
    await measureAll('analysed');
    return { results, notes: [`The full table holds ${await describeFill(database)}.`] };
  });
}

async function createSubject(scope, bench, standIn, name) {
  const database = await bench.postgres.createDatabase(scope, name);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await scope.defer(() => client.end());
  const env = { DATABASE_URL: database.url, OPENAI_BASE_URL: `${standIn.facts.url}/v1` };
  const start = () => startLedger(scope, { tempDir: bench.tempDir, env });
  return { database, client, start, ledger: null };
}

/** Warm, so that each connection of the service has made the plans that it keeps. */
async function startAll(bench, subjects) {
  for (const [name, subject] of Object.entries(subjects)) {
    bench.progress(`table, warm-up of the ${name}`);
    subject.ledger = await subject.start();
    await putPrompt(subject.ledger);
    await bench.load.measure(peerOf(name, subject), {
      connections: CONNECTIONS,
      seconds: bench.options.warmUpSeconds,
    });
  }
}

async function restartAll(bench, subjects) {
  for (const { ledger } of Object.values(subjects)) await ledger.process.stop();
  await startAll(bench, subjects);
}

async function measure(bench, subjects, scenario) {
  bench.progress(scenario);
  const { rounds, seconds } = bench.options;
  const peers = Object.entries(subjects).map(([name, subject]) => peerOf(name, subject));
  const samples = await interleave(peers, rounds, (peer) =>
    bench.load.measure(peer, { connections: CONNECTIONS, seconds }),
  );
  const rows = FIGURES.map(({ name, unit, of, goal }) => {
    const ofPeer = (peer) => (round) => of(round[peer]);
    return row(
      { scenario, figure: name, unit, peer: EMPTY, goal },
      compare(samples, ofPeer(FULL), ofPeer(EMPTY)),
    );
  });
  return { scenario, rounds: samples, rows };
}

function peerOf(name, { ledger }) {
  return { name, pid: ledger.process.pid, request: executionRequest(ledger, ':run', LABEL) };
}
