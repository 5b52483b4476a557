import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from '../../lib/servers/helper.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { readRssMib } from '../../lib/report/machine.mjs';
import { median } from '../../lib/report/rounds.mjs';
import { ratioAtMost, row } from '../../lib/report/rows.mjs';
import { startSoakTraffic } from '../../lib/work/soak-traffic.mjs';
import { putPrompt } from '../../lib/work/workload.mjs';

const SCENARIO = 'mixed traffic';
const PROVIDER_MS = 20;
const PIECE_MS = 5;
const SAMPLES = 60;
/** The share of samples before caches are full and the optimizing compiler has run. */
const WARM_UP = 0.2;
const FIGURES = [
  { name: 'memory of the process (RSS)', unit: 'MiB', of: ({ rssMib }) => rssMib, goal: ratioAtMost(1.15) },
  { name: 'heap in use', unit: 'MiB', of: ({ heapMib }) => heapMib },
  { name: 'open descriptors', unit: '', of: ({ descriptors }) => descriptors, goal: ratioAtMost(1.1) },
  {
    name: 'connections to PostgreSQL',
    unit: '',
    of: ({ connections }) => connections,
    goal: ratioAtMost(1.05),
  },
];

/** Measures whether a process stays at its size under everything that clients do, for as long as `--soak-seconds`. */
export async function measureSoak(bench) {
  return bench.scope.within(async (scope) => {
    const { postgres, tempDir, options, progress } = bench;
    const standIn = await startHelper(scope, 'stand-in');
    const database = await postgres.createDatabase(scope, 'soak');
    const env = { DATABASE_URL: database.url, OPENAI_BASE_URL: `${standIn.facts.url}/v1` };
    const ledger = await startLedger(scope, { tempDir, env });
    await standIn.ask('setDelay', PROVIDER_MS);
    await standIn.ask('setPieceDelay', PIECE_MS);
    await putPrompt(ledger);

    progress(`${SCENARIO}, ${options.soakSeconds} s`);
    const traffic = startSoakTraffic(ledger);
    const samples = [];
    for (let count = 0; count < SAMPLES; count++) {
      await sleep((options.soakSeconds * 1000) / SAMPLES);
      samples.push(await takeSample(ledger, database));
    }
    const { requests, wrong } = await traffic.stop();
    if (wrong.length > 0) throw new Error(`Answers with an unexpected status: ${wrong.join('; ')}`);
    return {
      results: [{ scenario: SCENARIO, samples, rows: toRows(samples) }],
      notes: [
        `${requests} requests of ${SCENARIO} in ${options.soakSeconds} s, each answered with a status that is right for it.`,
        'Each figure is the median of the last fifth of the samples, beside that of the first fifth after the warm-up.',
      ],
    };
  });
}

async function takeSample(ledger, database) {
  const { pid } = ledger.process;
  const [{ connections }] = await database.query(
    `SELECT count(*)::integer AS connections FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  const metrics = await fetch(`${ledger.url}/metrics`, { headers: ledger.headers }).then((answer) =>
    answer.text(),
  );
  const heapBytes = /^nodejs_heap_size_used_bytes(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1];
  return {
    rssMib: await readRssMib(pid),
    heapMib: heapBytes === undefined ? null : Number(heapBytes) / 1024 ** 2,
    descriptors: await countDescriptors(pid),
    connections,
  };
}

/** Null where there is no /proc. */
async function countDescriptors(pid) {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => null);
  return names?.length ?? null;
}

function toRows(samples) {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP));
  const fifth = Math.ceil(samples.length / 5);
  return FIGURES.map(({ name, unit, of, goal }) => {
    const value = median(settled.slice(-fifth).map(of));
    const peerValue = median(settled.slice(0, fifth).map(of));
    const ratio = value === null || peerValue === null || peerValue === 0 ? null : value / peerValue;
    const what = { scenario: SCENARIO, figure: name, unit, peer: 'at its beginning', goal };
    return row(what, { value, peerValue, ratio });
  });
}
