import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from '../../lib/servers/helper.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { readRssMib } from '../../lib/report/machine.mjs';
import { createProfiler } from '../../lib/profile/profiler.mjs';
import { interleave } from '../../lib/report/rounds.mjs';
import { CLOSED_FIGURES, memoryRows, OPEN_FIGURES, runRows } from '../../lib/report/run-figures.mjs';
import { JOURNAL_OFF, LEDGER, ONE_COMMIT, startRunPeers, TWO_COMMITS } from '../../lib/work/run-peers.mjs';
import { measureStoredBytes, verifyRuns } from '../../lib/work/verify-runs.mjs';
import { executionBody, putPrompt } from '../../lib/work/workload.mjs';

const CLOSED_LOOPS = [1, 16, 64];
const MOST_CONNECTIONS = 64;
/** Both extremes: the cost of gathering entries where there are none to gather, and its gain where there are many. */
const JOURNAL_LOOPS = [1, 64];
/** The same program with the journal's batches limited to one entry, so that each has its own commit. */
const JOURNAL_OFF_ENV = { JOURNAL_MAX_ROWS: '1' };
const OPEN_LOOPS_PER_SECOND = [300, 600];
const OPEN_LOOP_PROVIDER_MS = 20;
const WARM_UP_CONNECTIONS = 16;
const LABEL = 'bench-run';
const SAMPLE_LABEL = 'bench-run-sample';
const SAMPLE_RUNS = 5;

/** Measures `:run` next to the stand-in itself, a plain proxy to it, the same with commits, and itself without batches. */
export async function measureRun(bench) {
  return bench.scope.within(async (scope) => {
    const profiler = await createProfiler(bench.options.profile);
    const stage = await setUp(scope, bench, profiler);
    const { rounds, seconds } = bench.options;
    const answered = { count: 0 };
    const measure = async (peer, load, name) => {
      const work = () => bench.load.measure(peer, load);
      if (peer.name !== LEDGER) return work();
      const sample = await (name === undefined ? work() : profiler.during(peer.pid, name, work));
      answered.count += sample.answered;
      return sample;
    };
    const results = [];
    const measureAll = async (scenario, load, figures, peers = stage.peers) => {
      bench.progress(scenario);
      const samples = await interleave(peers, rounds, (peer, round) =>
        measure(peer, load, `run-${load.connections}-${round + 1}`),
      );
      results.push({ scenario, rounds: samples, rows: runRows(scenario, samples, figures, load) });
      return samples;
    };

    bench.progress(':run, warm-up');
    const warmUp = { connections: WARM_UP_CONNECTIONS, seconds: bench.options.warmUpSeconds };
    for (const peer of stage.peers) await measure(peer, warmUp);
    for (const connections of CLOSED_LOOPS) {
      const scenario = `:run, ${connections} connection${connections === 1 ? '' : 's'}`;
      const peers = JOURNAL_LOOPS.includes(connections) ? stage.peers : without(stage.peers, JOURNAL_OFF);
      const samples = await measureAll(scenario, { connections, seconds }, CLOSED_FIGURES, peers);
      if (connections === MOST_CONNECTIONS) {
        results.push({
          scenario: 'memory',
          rounds: [],
          idleMib: stage.idleMib,
          rows: memoryRows(stage.idleMib, samples),
        });
      }
    }
    // Open loops measure how long a request waits, and a profiled one waits for the profiler.
    if (bench.options.profile === null) await measureOpenLoops(stage, seconds, measureAll);
    return {
      results,
      notes: [...writeNotes(bench.options, stage), await verify(bench, stage, answered.count)],
    };
  });
}

async function measureOpenLoops(stage, seconds, measureAll) {
  await stage.standIn.ask('setDelay', OPEN_LOOP_PROVIDER_MS);
  // With a commit for each request, 600 a second may be too many, and would measure only a growing queue.
  const peers = without(stage.peers, ONE_COMMIT, TWO_COMMITS, JOURNAL_OFF);
  for (const perSecond of OPEN_LOOPS_PER_SECOND) {
    const scenario = `:run, ${perSecond}/s open loop, provider ${OPEN_LOOP_PROVIDER_MS} ms`;
    const load = { connections: MOST_CONNECTIONS, seconds, perSecond };
    await measureAll(scenario, load, OPEN_FIGURES, peers);
  }
}

async function setUp(scope, bench, profiler) {
  const { postgres, tempDir, options } = bench;
  const standIn = await startHelper(scope, 'stand-in');
  const database = await postgres.createDatabase(scope, 'run');
  const peerDatabase = await postgres.createDatabase(scope, 'run_peer');
  // A separate database, so that neither finds the other's rows in its indexes.
  const journalOffDatabase = await postgres.createDatabase(scope, 'run_journal_off');
  const start = async ({ url }, { env = {}, nodeArgs = [] }) => {
    const shared = { DATABASE_URL: url, OPENAI_BASE_URL: `${standIn.facts.url}/v1` };
    return startLedger(scope, { tempDir, env: { ...shared, ...env }, nodeArgs });
  };
  const ledger = await start(database, profiler);
  await sleep(options.idleSeconds * 1000);
  const idleMib = await readRssMib(ledger.process.pid);
  const journalOff = await start(journalOffDatabase, { env: JOURNAL_OFF_ENV });
  for (const started of [ledger, journalOff]) await putPrompt(started);
  const runs = Array.from({ length: SAMPLE_RUNS }, () =>
    ledger.call('POST', '/v1/executions:run', executionBody(SAMPLE_LABEL)),
  );
  await Promise.all(runs);
  const storedBytes = await measureStoredBytes(database, SAMPLE_LABEL);
  const peers = await startRunPeers(scope, {
    options,
    tempDir,
    standIn,
    ledger,
    journalOff,
    peerDatabaseUrl: peerDatabase.url,
    storedBytes,
    isStreamed: await standIn.ask('wasStreamed'),
    label: LABEL,
  });
  return { standIn, database, ledger, journalOff, peers, storedBytes, idleMib };
}

function without(peers, ...names) {
  return peers.filter(({ name }) => !names.includes(name));
}

function writeNotes({ portkey, profile }, { storedBytes }) {
  const notes = [
    `The proxy with the same bytes in two commits writes ${storedBytes.before} before the call and ${storedBytes.after} after it.`,
  ];
  if (portkey === null)
    notes.push('The goals against Portkey were not measured: `--portkey <folder>` was not given.');
  if (profile !== null)
    notes.push('The service ran under a profiler: its figures in :run are worse than they would be.');
  return notes;
}

async function verify({ postgres, progress }, { ledger, journalOff, database }, answeredCount) {
  progress(':run, SIGKILL and count');
  await Promise.all([ledger.process.kill(), journalOff.process.kill()]);
  const wasKilled = await postgres.crash();
  return verifyRuns({ database, label: LABEL, answeredCount, wasKilled });
}
