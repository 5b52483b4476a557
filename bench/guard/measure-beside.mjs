import { startHelper } from '../lib/servers/helper.mjs';
import { startLedger } from '../lib/servers/ledger.mjs';
import { inProject } from '../lib/project.mjs';
import { compare, interleave } from '../lib/report/rounds.mjs';
import { row } from '../lib/report/rows.mjs';
import { executionRequest } from '../lib/work/run-peers.mjs';
import { CONCURRENCY, submitAndWait } from '../lib/work/submit-work.mjs';
import { PROMPT_PATH, putPrompt } from '../lib/work/workload.mjs';
import { checkOutCommit } from './check-out-commit.mjs';

const HERE = 'this folder';
const RUN_CONNECTIONS = [1, 16, 64];
const READ_CONNECTIONS = 64;
const LABEL = 'bench-guard';
const REQUEST_FIGURES = [
  { figure: 'requests/s', unit: '/s', of: ({ perSecond }) => perSecond },
  { figure: 'p50', unit: 'ms', of: ({ p50Ms }) => p50Ms },
  { figure: 'CPU a request (Node)', unit: 'ms', of: ({ cpuMsPerRequest }) => cpuMsPerRequest },
  {
    figure: 'CPU a request (PostgreSQL)',
    unit: 'ms',
    of: ({ postgresCpuMsPerRequest }) => postgresCpuMsPerRequest,
  },
];
const JOB_FIGURES = [
  { figure: 'jobs/s', unit: '/s', of: ({ perSecond }) => perSecond },
  { figure: 'CPU a job (Node)', unit: 'ms', of: ({ cpuMsPerJob }) => cpuMsPerJob },
  { figure: 'CPU a job (PostgreSQL)', unit: 'ms', of: ({ postgresCpuMsPerJob }) => postgresCpuMsPerJob },
];

/**
 * Measures `:run`, `:submit` and the prompt read of this folder, committed or not, next to another commit in the same run.
 *
 * @param {string} commit
 */
export async function measureBeside(bench, commit) {
  return bench.scope.within(async (scope) => {
    const { options, progress } = bench;
    progress(`checking out and building ${commit}`);
    const other = await checkOutCommit(scope, bench.tempDir, commit);
    const standIn = await startHelper(scope, 'stand-in');
    const there = `commit ${other.name}`;
    const subjects = [
      await startSubject(scope, bench, standIn, { name: there, root: other.root, database: 'guard_there' }),
      await startSubject(scope, bench, standIn, { name: HERE, root: inProject(), database: 'guard_here' }),
    ];
    const results = [];
    const measureAll = async (scenario, figures, warmUp, measure) => {
      progress(`${scenario}, warm-up`);
      for (const subject of subjects) await warmUp(subject);
      progress(scenario);
      const rounds = await interleave(subjects, options.rounds, measure);
      results.push({ scenario, rounds, rows: toRows(scenario, rounds, figures, there) });
    };
    for (const connections of RUN_CONNECTIONS) {
      const run = (seconds) => (subject) => bench.load.measure(runPeer(subject), { connections, seconds });
      const scenario = `:run, ${connections} connection${connections === 1 ? '' : 's'}`;
      await measureAll(scenario, REQUEST_FIGURES, run(options.warmUpSeconds), run(options.seconds));
    }
    const submit = (jobs) => (subject, round) =>
      submitAndWait(bench, subject, { label: `${LABEL}-${round ?? 'warm-up'}`, jobs });
    await measureAll(
      ':submit → done',
      JOB_FIGURES,
      submit(Math.ceil(options.jobs / 4)),
      submit(options.jobs),
    );
    const read = (seconds) => (subject) =>
      bench.load.measure(readPeer(subject), { connections: READ_CONNECTIONS, seconds });
    const scenario = `prompt read, ${READ_CONNECTIONS} connections`;
    await measureAll(scenario, REQUEST_FIGURES, read(options.warmUpSeconds), read(options.seconds));
    return {
      results,
      notes: [`The column "Ledger" is ${HERE}; ratios are this folder's figures by the commit's.`],
    };
  });
}

async function startSubject(scope, { postgres, tempDir }, standIn, { name, root, database: databaseName }) {
  const database = await postgres.createDatabase(scope, databaseName, root);
  const env = {
    DATABASE_URL: database.url,
    OPENAI_BASE_URL: `${standIn.facts.url}/v1`,
    CONCURRENCY: String(CONCURRENCY),
  };
  const ledger = await startLedger(scope, { tempDir, env, root });
  await putPrompt(ledger);
  return { name, ledger, database, pids: [ledger.process.pid] };
}

function runPeer({ name, ledger }) {
  return { name, pid: ledger.process.pid, request: executionRequest(ledger, ':run', LABEL) };
}

function readPeer({ name, ledger }) {
  const request = {
    url: ledger.url + PROMPT_PATH,
    method: 'GET',
    headers: ledger.headers,
    expectedStatus: 200,
  };
  return { name, pid: ledger.process.pid, request };
}

function toRows(scenario, rounds, figures, there) {
  return figures.map(({ of, ...what }) => {
    const ofSubject = (name) => (round) => of(round[name]);
    return row({ scenario, peer: there, ...what }, compare(rounds, ofSubject(HERE), ofSubject(there)));
  });
}
