import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from '../../lib/servers/helper.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { compare, interleave, median } from '../../lib/report/rounds.mjs';
import { atMost, ratioAtLeast, row } from '../../lib/report/rows.mjs';
import { PROMPT_PATH, putPrompt } from '../../lib/work/workload.mjs';

const CONNECTIONS = 64;
const LEDGER = 'ledger';
const SAME_BYTES = 'plain http, same bytes';
const SCENARIO = `prompt read, ${CONNECTIONS} connections`;
const CHANGES_SCENARIO = 'prompt change, seen by another process';
const CHANGES = 20;
const CHANGE_LIMIT_MS = 5_000;
const BETWEEN_CHANGES_MS = 20;

/** Measures `GET /v1/prompts/{name}` next to a plain server that answers the same bytes from memory. */
export async function measureRead(bench) {
  return bench.scope.within(async (scope) => {
    const database = await bench.postgres.createDatabase(scope, 'read');
    const start = () => startLedger(scope, { tempDir: bench.tempDir, env: { DATABASE_URL: database.url } });
    const ledger = await start();
    await putPrompt(ledger);
    const peers = await startPeers(scope, ledger);

    bench.progress(`${SCENARIO}, warm-up`);
    const { rounds, seconds, warmUpSeconds } = bench.options;
    for (const peer of peers) {
      await bench.load.measure(peer, { connections: CONNECTIONS, seconds: warmUpSeconds });
    }
    bench.progress(SCENARIO);
    const samples = await interleave(peers, rounds, (peer) =>
      bench.load.measure(peer, { connections: CONNECTIONS, seconds }),
    );
    bench.progress(CHANGES_SCENARIO);
    const changesMs = await measureChanges(ledger, await start());
    return {
      results: [
        { scenario: SCENARIO, rounds: samples, rows: readRows(samples) },
        { scenario: CHANGES_SCENARIO, rounds: changesMs, rows: changeRows(changesMs) },
      ],
      notes: [],
    };
  });
}

async function startPeers(scope, ledger) {
  const url = ledger.url + PROMPT_PATH;
  const request = { url, method: 'GET', headers: ledger.headers, expectedStatus: 200 };
  const answer = await fetch(url, { headers: ledger.headers });
  const plain = await startHelper(scope, 'same-bytes', {
    BENCH_BODY: Buffer.from(await answer.arrayBuffer()).toString('base64'),
    BENCH_CONTENT_TYPE: answer.headers.get('content-type'),
  });
  return [
    { name: SAME_BYTES, pid: plain.pid, request: { ...request, url: plain.facts.url } },
    { name: LEDGER, pid: ledger.process.pid, request },
  ];
}

function readRows(rounds) {
  const figures = [
    { figure: 'requests/s', unit: '/s', of: (sample) => sample.perSecond, goal: ratioAtLeast(0.6) },
    { figure: 'p50', unit: 'ms', of: (sample) => sample.p50Ms },
    { figure: 'p99', unit: 'ms', of: (sample) => sample.p99Ms },
    { figure: 'CPU a request (Node)', unit: 'ms', of: (sample) => sample.cpuMsPerRequest },
  ];
  return figures.map(({ of, ...what }) => {
    const compared = compare(
      rounds,
      (round) => of(round[LEDGER]),
      (round) => of(round[SAME_BYTES]),
    );
    return row({ scenario: SCENARIO, peer: SAME_BYTES, ...what }, compared);
  });
}

/** Measures from the answered PUT on one process to the sending of the other process's first GET that shows the new version. */
async function measureChanges(writer, reader) {
  const changesMs = [];
  for (let i = 1; i <= CHANGES; i++) {
    const { version } = await putPrompt(writer, `\nChange ${i}.`);
    const changedAtMs = performance.now();
    for (;;) {
      const sentAtMs = performance.now();
      const prompt = await reader.call('GET', PROMPT_PATH);
      if (prompt.active_version.version_id === version.version_id) {
        changesMs.push(sentAtMs - changedAtMs);
        break;
      }
      if (sentAtMs - changedAtMs > CHANGE_LIMIT_MS)
        throw new Error('A change is not seen by another process.');
    }
    await sleep(BETWEEN_CHANGES_MS);
  }
  return changesMs;
}

function changeRows(changesMs) {
  const single = (value) => ({ value, peerValue: null, ratio: null });
  const what = { scenario: CHANGES_SCENARIO, unit: 'ms' };
  return [
    row({ ...what, figure: 'p50' }, single(median(changesMs))),
    row({ ...what, figure: `longest of ${CHANGES}`, goal: atMost(50, 'ms') }, single(Math.max(...changesMs))),
  ];
}
