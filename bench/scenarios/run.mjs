import { startHelper } from '../lib/helper.mjs';
import { startLedger } from '../lib/ledger.mjs';
import { compare, interleave } from '../lib/rounds.mjs';
import { ratioAtLeast, ratioAtMost, row } from '../lib/rows.mjs';
import { DIRECT, FLOOR, JOURNAL_OFF, LEDGER, ONE_COMMIT, PORTKEY, startRunPeers } from '../lib/run-peers.mjs';
import { putPrompt } from '../lib/workload.mjs';

const CLOSED_LOOPS = [1, 16, 64];
/** At both ends: what gathering entries costs where there are none to gather, and what it brings where there are many. */
const JOURNAL_LOOPS = [1, 64];
/** The same program with the journal's batches bounded to one entry, so that each has a commit of its own. */
const JOURNAL_OFF_ENV = { JOURNAL_MAX_ROWS: '1' };
const OPEN_LOOPS_PER_SECOND = [300, 600];
const OPEN_LOOP_CONNECTIONS = 64;
const OPEN_LOOP_PROVIDER_MS = 20;
const WARM_UP_CONNECTIONS = 16;
const LABEL = 'bench-run';

const REQUESTS = { name: 'requests/s', unit: '/s', of: (round, peer) => round[peer].perSecond };
/** What the peer adds to the stand-in's own time in the same round. */
const ADDED_P50 = {
  name: 'added p50',
  unit: 'ms',
  of: (round, peer) => round[peer].p50Ms - round[DIRECT].p50Ms,
};
const ADDED_P99 = {
  name: 'added p99',
  unit: 'ms',
  of: (round, peer) => round[peer].p99Ms - round[DIRECT].p99Ms,
};
const CPU = { name: 'CPU a request (Node)', unit: 'ms', of: (round, peer) => round[peer].cpuMsPerRequest };
const MEMORY = { name: 'memory (RSS)', unit: 'MiB', of: (round, peer) => round[peer].rssMib };

const CLOSED_FIGURES = [
  { figure: REQUESTS, peers: [DIRECT, FLOOR, ONE_COMMIT, JOURNAL_OFF, PORTKEY] },
  { figure: ADDED_P50, peers: [FLOOR, ONE_COMMIT, JOURNAL_OFF, PORTKEY] },
  { figure: ADDED_P99, peers: [FLOOR, ONE_COMMIT, JOURNAL_OFF, PORTKEY] },
  { figure: CPU, peers: [FLOOR, ONE_COMMIT, JOURNAL_OFF, PORTKEY] },
  { figure: MEMORY, peers: [FLOOR, PORTKEY] },
];
const OPEN_FIGURES = [
  { figure: ADDED_P50, peers: [FLOOR, PORTKEY] },
  { figure: ADDED_P99, peers: [FLOOR, PORTKEY] },
];

/** @returns {import('../lib/rows.mjs').Goal | undefined} */
function goalOf(figure, peer, connections) {
  const goals = {
    [`${REQUESTS.name}, ${FLOOR}, 64`]: ratioAtLeast(0.5),
    [`${REQUESTS.name}, ${ONE_COMMIT}, 64`]: ratioAtLeast(2),
    [`${REQUESTS.name}, ${JOURNAL_OFF}, 64`]: ratioAtLeast(2),
    [`${REQUESTS.name}, ${PORTKEY}, 64`]: ratioAtLeast(6),
    [`${ADDED_P50.name}, ${ONE_COMMIT}, 1`]: ratioAtMost(1.2),
    [`${ADDED_P50.name}, ${JOURNAL_OFF}, 1`]: ratioAtMost(1.2),
    [`${ADDED_P50.name}, ${PORTKEY}, 16`]: ratioAtMost(0.8),
    [`${ADDED_P99.name}, ${PORTKEY}, 16`]: ratioAtMost(0.4),
    [`${CPU.name}, ${PORTKEY}, 64`]: ratioAtMost(0.2),
    [`${MEMORY.name}, ${PORTKEY}, 64`]: ratioAtMost(0.9),
  };
  return goals[`${figure}, ${peer}, ${connections}`];
}

/** `:run` beside the stand-in itself, a plain proxy to it, that with one commit a request, and itself without batches. */
export async function measureRun(bench) {
  return bench.scope.within(async (scope) => {
    const stage = await setUp(scope, bench);
    const { rounds, seconds } = bench.options;
    const answered = { count: 0 };
    const results = [];
    const measureAll = async (scenario, load, figures, peers = stage.peers) => {
      bench.progress(scenario);
      const samples = await interleave(peers, rounds, async (peer) => {
        const sample = await bench.load.measure(peer, load);
        if (peer.name === LEDGER) answered.count += sample.answered;
        return sample;
      });
      results.push({ scenario, rounds: samples, rows: rowsOf(scenario, samples, figures, load, peers) });
    };

    bench.progress(':run, warm-up');
    for (const peer of stage.peers) {
      const load = { connections: WARM_UP_CONNECTIONS, seconds: bench.options.warmUpSeconds };
      const { answered: count } = await bench.load.measure(peer, load);
      if (peer.name === LEDGER) answered.count += count;
    }
    for (const connections of CLOSED_LOOPS) {
      const scenario = `:run, ${connections} connection${connections === 1 ? '' : 's'}`;
      const peers = JOURNAL_LOOPS.includes(connections) ? stage.peers : without(stage.peers, JOURNAL_OFF);
      await measureAll(scenario, { connections, seconds }, CLOSED_FIGURES, peers);
    }
    await stage.standIn.ask('setDelay', OPEN_LOOP_PROVIDER_MS);
    // With one commit a request 600 a second may be too many; then nothing but a growing queue would be measured.
    const openPeers = without(stage.peers, ONE_COMMIT, JOURNAL_OFF);
    for (const perSecond of OPEN_LOOPS_PER_SECOND) {
      const scenario = `:run, ${perSecond}/s open loop, provider ${OPEN_LOOP_PROVIDER_MS} ms`;
      const load = { connections: OPEN_LOOP_CONNECTIONS, seconds, perSecond };
      await measureAll(scenario, load, OPEN_FIGURES, openPeers);
    }
    return { results, notes: [...portkeyNotes(bench.options), await verify(bench, stage, answered.count)] };
  });
}

async function setUp(scope, bench) {
  const { postgres, tempDir, options } = bench;
  const standIn = await startHelper(scope, 'stand-in');
  const database = await postgres.createDatabase(scope, 'run');
  const peerDatabase = await postgres.createDatabase(scope, 'run_peer');
  // Of its own, so that neither finds the other's rows in its indexes.
  const journalOffDatabase = await postgres.createDatabase(scope, 'run_journal_off');
  const start = async ({ url }, env = {}) => {
    const shared = { DATABASE_URL: url, OPENAI_BASE_URL: `${standIn.facts.url}/v1` };
    const started = await startLedger(scope, { tempDir, env: { ...shared, ...env } });
    await putPrompt(started);
    return started;
  };
  const ledger = await start(database);
  const journalOff = await start(journalOffDatabase, JOURNAL_OFF_ENV);
  const peerDatabaseUrl = peerDatabase.url;
  const peers = await startRunPeers(scope, {
    options,
    tempDir,
    standIn,
    ledger,
    journalOff,
    peerDatabaseUrl,
    label: LABEL,
  });
  return { standIn, database, ledger, journalOff, peers };
}

function without(peers, ...names) {
  return peers.filter(({ name }) => !names.includes(name));
}

function rowsOf(scenario, rounds, figures, { connections, perSecond }, peers) {
  const present = new Set(peers.map(({ name }) => name));
  return figures.flatMap(({ figure, peers: wanted }) =>
    wanted
      .filter((peer) => present.has(peer))
      .map((peer) => {
        const goal =
          perSecond === undefined ? goalOf(figure.name, peer, connections) : openLoopGoalOf(figure, peer);
        const figures = compare(
          rounds,
          (round) => figure.of(round, LEDGER),
          (round) => figure.of(round, peer),
        );
        return row({ scenario, figure: figure.name, unit: figure.unit, peer, goal }, figures);
      }),
  );
}

function openLoopGoalOf(figure, peer) {
  return figure === ADDED_P99 && peer === PORTKEY ? ratioAtMost(0.5) : undefined;
}

function portkeyNotes({ portkey }) {
  return portkey === null
    ? ['The goals against Portkey were not measured: `--portkey <folder>` was not given.']
    : [];
}

/**
 * What makes the figures count: every answered execution is in Postgres, whole, after both were killed.
 *
 * @throws {Error} when one is missing.
 */
async function verify({ postgres, progress }, { ledger, journalOff, database }, answeredCount) {
  progress(':run, SIGKILL and count');
  await Promise.all([ledger.process.kill(), journalOff.process.kill()]);
  const wasKilled = await postgres.crash();
  const [{ count }] = await database.query(
    `SELECT count(*)::integer AS count
     FROM executions
     JOIN execution_inputs USING (project_id, execution_id)
     JOIN execution_outputs USING (project_id, execution_id)
     JOIN execution_attempts USING (project_id, execution_id)
     WHERE correlation_id = $1 AND executions.status = 'succeeded' AND execution_attempts.status = 'succeeded'`,
    [LABEL],
  );
  const after = `after SIGKILL of the service${wasKilled ? ' and of PostgreSQL' : ''}`;
  if (count !== answeredCount) {
    throw new Error(
      `Not durable: ${answeredCount} runs were answered and ${count} are in Postgres ${after}.`,
    );
  }
  return `All ${answeredCount} answered runs are in Postgres with input, attempt and output ${after}.`;
}
