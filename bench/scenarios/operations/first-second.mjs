import { startHelper } from '../../lib/servers/helper.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { compare } from '../../lib/report/rounds.mjs';
import { ratioAtLeast, row } from '../../lib/report/rows.mjs';
import { completionRequest, executionRequest } from '../../lib/work/run-peers.mjs';
import { putPrompt } from '../../lib/work/workload.mjs';

const CONNECTIONS = 64;
const SCENARIO = `:run, ${CONNECTIONS} connections, the first second`;
const LABEL = 'bench-first-second';
const WARM = 'another second, warm';
const SECOND = { connections: CONNECTIONS, seconds: 1, openFirst: false };

/** Measures the answers in the second after the service first reports ready, next to a later second of the same process. */
export async function measureFirstSecond(bench) {
  return bench.scope.within(async (scope) => {
    const { postgres, options, progress } = bench;
    const standIn = await startHelper(scope, 'stand-in');
    const database = await postgres.createDatabase(scope, 'first_second');
    const env = { DATABASE_URL: database.url, OPENAI_BASE_URL: `${standIn.facts.url}/v1` };
    await prepare(scope, bench, standIn, env);
    const rounds = [];
    for (let round = 1; round <= options.rounds; round++) {
      progress(`${SCENARIO}, round ${round}`);
      rounds.push(await measureStart(scope, bench, env));
    }
    return { results: [{ scenario: SCENARIO, rounds, rows: toRows(rounds) }], notes: [] };
  });
}

/** Puts a prompt into the database, and warms up the load generator. */
async function prepare(scope, bench, standIn, env) {
  await scope.within(async (inner) => {
    const ledger = await startLedger(inner, { tempDir: bench.tempDir, env });
    await putPrompt(ledger);
  });
  const direct = { name: 'direct', pid: standIn.pid, request: completionRequest(standIn.facts.url, false) };
  await bench.load.measure(direct, { connections: CONNECTIONS, seconds: bench.options.warmUpSeconds });
}

async function measureStart(scope, { tempDir, load, options }, env) {
  return scope.within(async (inner) => {
    const ledger = await startLedger(inner, { tempDir, env, readyPath: '/health/ready' });
    const peer = {
      name: 'ledger',
      pid: ledger.process.pid,
      request: executionRequest(ledger, ':run', LABEL),
    };
    const first = await load.measure(peer, SECOND);
    await load.measure(peer, { connections: CONNECTIONS, seconds: options.warmUpSeconds });
    const warm = await load.measure(peer, SECOND);
    return { first, warm, readyInMs: ledger.process.startedInMs };
  });
}

function toRows(rounds) {
  const compared = compare(
    rounds,
    ({ first }) => first.answeredInTime,
    ({ warm }) => warm.answeredInTime,
  );
  const what = {
    scenario: SCENARIO,
    figure: 'requests answered',
    unit: '/s',
    peer: WARM,
    goal: ratioAtLeast(0.5),
  };
  return [row(what, compared)];
}
