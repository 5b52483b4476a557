import { startHelper } from '../../lib/servers/helper.mjs';
import { createProfiler } from '../../lib/profile/profiler.mjs';
import { startSubject } from '../../lib/servers/subject.mjs';
import { findRecordTables } from '../../lib/work/record-tables.mjs';
import { compare, interleave } from '../../lib/report/rounds.mjs';
import { ratioAtMost, row } from '../../lib/report/rows.mjs';
import { completionRequest, DIRECT, FLOOR, LEDGER } from '../../lib/work/run-peers.mjs';
import { completionBody, executionBody } from '../../lib/work/workload.mjs';

const OPENAI = 'ledger, as OpenAI';
const CONNECTIONS = [1, 16, 64];
/** A provider that thinks, and then writes. */
const PROVIDER_MS = 20;
const PIECE_MS = 5;
const LABEL = 'bench-stream';
/** The first word of the stand-in's answer, in each of the formats. */
const FIRST_DELTA = '"content":"A"';
const FIRST_TEXT = '"text":"A"';

/** The time added in the same round, less what the stand-in itself takes. */
const addedBy = (percentile) => (round, peer) => round[peer][percentile] - round[DIRECT][percentile];
const FIGURES = [
  { name: 'added time to first token, p50', of: addedBy('p50Ms'), goal: ratioAtMost(2) },
  { name: 'added time to first token, p99', of: addedBy('p99Ms') },
];

/** Measures `:stream` and the OpenAI-compatible API next to a plain proxy: how much later the first word arrives. */
export async function measureStream(bench) {
  return bench.scope.within(async (scope) => {
    const { load, options } = bench;
    const profiler = await createProfiler(options.profile);
    const standIn = await startHelper(scope, 'stand-in');
    const floor = await startHelper(scope, 'proxy', { BENCH_TARGET: standIn.facts.url });
    const { ledger, database } = await startSubject(scope, bench, standIn, 'stream', {}, profiler);
    const peers = listPeers(standIn, floor, ledger);
    await standIn.ask('setDelay', PROVIDER_MS);
    await standIn.ask('setPieceDelay', PIECE_MS);
    let answered = 0;
    const measure = async (peer, connections, seconds) => {
      const sample = await load.measure(peer, { connections, seconds });
      if (peer.name === LEDGER) answered += sample.answered;
      return sample;
    };
    bench.progress(':stream, warm-up');
    for (const peer of peers) await measure(peer, 16, options.warmUpSeconds);
    const results = [];
    for (const connections of CONNECTIONS) {
      const scenario = `:stream, ${connections} connection${connections === 1 ? '' : 's'}`;
      bench.progress(scenario);
      const rounds = await interleave(peers, options.rounds, (peer, round) => {
        const work = () => measure(peer, connections, options.seconds);
        const name = `stream-${connections}-${round + 1}`;
        return peer.name === LEDGER ? profiler.during(peer.pid, name, work) : work();
      });
      results.push({ scenario, rounds, rows: toRows(scenario, rounds) });
    }
    return { results, notes: [await verify(bench, { ledger, database }, answered)] };
  });
}

function listPeers(standIn, floor, ledger) {
  const { headers } = ledger;
  const stream = { method: 'POST', headers, expectedStatus: 200 };
  const ofLedger = {
    ...stream,
    url: `${ledger.url}/v1/executions:stream`,
    body: JSON.stringify(executionBody(LABEL)),
    mark: FIRST_TEXT,
  };
  const asOpenAi = {
    ...stream,
    url: `${ledger.url}/openai/v1/chat/completions`,
    body: JSON.stringify({ ...completionBody(true), model: 'openai/gpt-4o-mini' }),
    mark: FIRST_DELTA,
  };
  const { pid } = ledger.process;
  return [
    {
      name: DIRECT,
      pid: standIn.pid,
      request: { ...completionRequest(standIn.facts.url, true), mark: FIRST_DELTA },
    },
    {
      name: FLOOR,
      pid: floor.pid,
      request: { ...completionRequest(floor.facts.url, true), mark: FIRST_DELTA },
    },
    { name: LEDGER, pid, request: ofLedger },
    { name: OPENAI, pid, request: asOpenAi },
  ];
}

function toRows(scenario, rounds) {
  return [LEDGER, OPENAI].flatMap((peer) =>
    FIGURES.map(({ name, of, goal }) => {
      const figure = peer === LEDGER ? name : `${name} (as OpenAI)`;
      const figures = compare(
        rounds,
        (round) => of(round, peer),
        (round) => of(round, FLOOR),
      );
      return row({ scenario, figure, unit: 'ms', peer: FLOOR, goal }, figures);
    }),
  );
}

/**
 * Checks that each finished stream is complete in Postgres after service and server were killed.
 * @throws {Error} when one is missing.
 */
async function verify({ postgres, progress }, { ledger, database }, answeredCount) {
  progress(':stream, SIGKILL and count');
  await ledger.process.kill();
  await postgres.crash();
  const { executions } = await findRecordTables(database);
  const [{ count }] = await database.query(
    `SELECT count(*)::integer AS count FROM ${executions} JOIN execution_outputs USING (project_id, execution_id)
     WHERE correlation_id = $1 AND status = 'succeeded' AND streamed AND first_token_ms IS NOT NULL`,
    [LABEL],
  );
  if (count === answeredCount) return `All ${answeredCount} streams are in Postgres after SIGKILL.`;
  throw new Error(`Not durable: ${answeredCount} streams came to their end and ${count} are in Postgres.`);
}
