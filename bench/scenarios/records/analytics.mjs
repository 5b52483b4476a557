import { URLSearchParams } from 'node:url';
import pg from 'pg';
import { FILL_PROMPT, fillExecutions } from '../../lib/work/fill-executions.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { compare, interleave } from '../../lib/report/rounds.mjs';
import { atMost, row } from '../../lib/report/rows.mjs';

const LEDGER = 'ledger';
const BRUTE_FORCE = 'SQL over every execution';
const READS = 15;
const WEEKS = 4;
const MOST_FOLDED = 10_000;

/** Measures the service's counts for a month of executions, next to the same question as SQL that reads all of them. */
export async function measureAnalytics(bench) {
  return bench.scope.within(async (scope) => {
    const { executions, rounds } = bench.options;
    const database = await bench.postgres.createDatabase(scope, 'analytics');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await scope.defer(() => client.end());
    await fill(client, executions, bench.progress);
    const env = { DATABASE_URL: database.url };
    const ledger = await startLedger(scope, { tempDir: bench.tempDir, env });
    const results = [];
    for (const question of questions()) {
      const scenario = `${question.name}, of ${executions.toLocaleString('en-US')} executions`;
      bench.progress(scenario);
      await assertEqual(client, ledger, question);
      const samples = await interleave(listPeers(client, ledger, question), rounds, ({ ask }) =>
        measureMedian(ask),
      );
      results.push({ scenario, rounds: samples, rows: [toRow(scenario, samples)] });
    }
    const [{ rollups }] = await database.query('SELECT count(*)::int AS rollups FROM execution_rollups');
    const notes = [`Analytics: ${rollups.toLocaleString('en-US')} rows of counts stand for the executions.`];
    return { results, notes };
  });
}

function questions() {
  const now = Date.now();
  const daysAgo = (days) => new Date(now - days * 86_400_000);
  return [
    { name: 'analytics, all time', promptName: null, from: null, to: null },
    { name: 'analytics, a week with ragged ends', promptName: null, from: daysAgo(9), to: daysAgo(2) },
    { name: 'analytics, one prompt of a week', promptName: FILL_PROMPT, from: daysAgo(9), to: daysAgo(2) },
  ];
}

async function fill(client, executions, progress) {
  await fillExecutions(client, {
    executions,
    weeks: WEEKS,
    isCounted: true,
    onChunk: (written) => progress(`analytics, ${written.toLocaleString('en-US')} executions written`),
  });
  await foldAll(client);
  for (const table of ['executions', 'execution_rollups', 'execution_deltas'])
    await client.query(`VACUUM (ANALYZE) ${table}`);
}

async function foldAll(client) {
  for (;;) {
    const { rows } = await client.query('SELECT ledger_fold_executions($1) AS folded', [MOST_FOLDED]);
    if (rows[0].folded === 0) return;
  }
}

function listPeers(client, ledger, question) {
  return [
    { name: BRUTE_FORCE, ask: () => askDatabase(client, question) },
    { name: LEDGER, ask: () => askLedger(ledger, question, 'full') },
  ];
}

function askLedger(ledger, { promptName, from, to }, mode) {
  const asked = { mode, prompt_name: promptName, from: from?.toISOString(), to: to?.toISOString() };
  const query = new URLSearchParams(Object.entries(asked).filter(([, value]) => value != null));
  return ledger.call('GET', `/v1/analytics/prompts?${query}`);
}

async function askDatabase(client, { promptName, from, to }) {
  const { rows } = await client.query(
    `SELECT prompt_mode AS mode, count(*)::float8 AS execution_count,
       (avg(latency_ms) FILTER (WHERE status = 'succeeded'))::float8 AS avg_latency_ms,
       sum(prompt_tokens)::float8 AS total_prompt_tokens, sum(response_tokens)::float8 AS total_response_tokens
     FROM executions e
     WHERE status IN ('succeeded', 'failed', 'canceled')
       AND ($1::text IS NULL OR prompt_id IN (SELECT prompt_id FROM prompts WHERE name = $1))
       AND ($2::timestamptz IS NULL OR created_at >= $2) AND ($3::timestamptz IS NULL OR created_at < $3)
     GROUP BY prompt_mode`,
    [promptName, from, to],
  );
  return rows;
}

/** A wrong answer has no speed worth measuring. */
async function assertEqual(client, ledger, question) {
  const expected = await askDatabase(client, question);
  for (const counted of expected) {
    const answer = await askLedger(ledger, question, counted.mode);
    for (const [figure, value] of Object.entries(counted)) {
      const isEqual =
        typeof value === 'number'
          ? Math.abs(answer[figure] - value) <= 1e-9 * value
          : answer[figure] === value;
      if (!isEqual) throw new Error(`${question.name}, ${figure}: ${answer[figure]} instead of ${value}`);
    }
  }
}

async function measureMedian(ask) {
  const samples = [];
  for (let read = 0; read < READS; read++) {
    const startedAtMs = performance.now();
    await ask();
    samples.push(performance.now() - startedAtMs);
  }
  return samples.sort((a, b) => a - b)[READS >> 1];
}

function toRow(scenario, samples) {
  const compared = compare(
    samples,
    (round) => round[LEDGER],
    (round) => round[BRUTE_FORCE],
  );
  const what = { scenario, figure: 'a read, median', unit: 'ms', peer: BRUTE_FORCE, goal: atMost(20, 'ms') };
  return row(what, compared);
}
