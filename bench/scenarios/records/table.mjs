import pg from 'pg';
import { describeFill, fillExecutions, prepareTables } from '../../lib/work/fill-executions.mjs';
import { startHelper } from '../../lib/servers/helper.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { compare, interleave } from '../../lib/report/rounds.mjs';
import { ratioAtMost, row } from '../../lib/report/rows.mjs';
import { NODE_CPU, POSTGRES_CPU } from '../../lib/report/run-figures.mjs';
import { executionRequest } from '../../lib/work/run-peers.mjs';
import { putPrompt } from '../../lib/work/workload.mjs';

const CONNECTIONS = 64;
const WARM_UP_CONNECTIONS = 8;
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

/**
 * Measures `:run` on a week with many executions next to an empty one: a request must cost the same on both. The empty one is a new
 * database each time, because the measurements themselves fill it.
 */
export async function measureTable(bench) {
  return bench.scope.within(async (scope) => {
    const { executions } = bench.options;
    const standIn = await startHelper(scope, 'stand-in');
    const full = await createSubject(scope, bench, standIn, FULL);
    const results = [];
    const measureAll = async (state) => {
      const scenario = `:run, ${CONNECTIONS} connections, on ${executions.toLocaleString('en-US')} executions of this week, ${state}`;
      const result = await scope.within(async (inner) => {
        const empty = await createSubject(inner, bench, standIn, EMPTY);
        await startWarm(inner, bench, empty);
        return measure(bench, [empty, full], scenario);
      });
      results.push(result);
    };
    await startWarm(scope, bench, full);
    const onChunk = (written) =>
      bench.progress(`table, ${written.toLocaleString('en-US')} executions written`);
    await fillExecutions(full.client, { executions, weeks: 1, onChunk });

    await measureAll('plans made before they came');
    await full.ledger.process.stop();
    await startWarm(scope, bench, full);
    await measureAll('never analysed');
    await full.client.query('ANALYZE');
    await measureAll('analysed');
    return { results, notes: [`The full table holds ${await describeFill(full.database)}.`] };
  });
}

async function createSubject(scope, bench, standIn, name) {
  const database = await bench.postgres.createDatabase(scope, name.replace(' ', '_'));
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await scope.defer(() => client.end());
  await prepareTables(client, 1);
  const env = { DATABASE_URL: database.url, OPENAI_BASE_URL: `${standIn.facts.url}/v1` };
  return { name, database, client, env, ledger: null };
}

/** Sends enough requests for each connection of the service to have made its lasting plans. */
async function startWarm(scope, bench, subject) {
  bench.progress(`table, warm-up of the ${subject.name}`);
  subject.ledger = await startLedger(scope, { tempDir: bench.tempDir, env: subject.env });
  await putPrompt(subject.ledger);
  const requests = bench.options.warmUpRequests;
  // Starts with a few at once, so that there are many small batches and every connection is used.
  for (const connections of [WARM_UP_CONNECTIONS, CONNECTIONS])
    await bench.load.measure(toPeer(subject), { connections, requests: Math.ceil(requests / 2) });
}

async function measure(bench, subjects, scenario) {
  bench.progress(scenario);
  const { rounds, seconds } = bench.options;
  const peers = subjects.map(toPeer);
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

function toPeer({ name, ledger }) {
  return { name, pid: ledger.process.pid, request: executionRequest(ledger, ':run', LABEL) };
}
