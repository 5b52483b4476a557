import { URLSearchParams } from 'node:url';
import pg from 'pg';
import { startLedger } from '../lib/ledger.mjs';
import { compare, interleave } from '../lib/rounds.mjs';
import { atMost, row } from '../lib/rows.mjs';

const LEDGER = 'ledger';
const BRUTE_FORCE = 'SQL over every execution';
const READS = 15;
const CHUNK = 100_000;
const PROMPTS = 20;
const VERSIONS = 4;
const DAYS = 28;
const MOST_FOLDED = 10_000;

/** A month of executions counted by the service, beside the same question as SQL that reads all of them. */
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
      const samples = await interleave(peersOf(client, ledger, question), rounds, ({ ask }) => medianOf(ask));
      results.push({ scenario, rounds: samples, rows: [rowOf(scenario, samples)] });
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
    { name: 'analytics, one prompt of a week', promptName: 'bench-7', from: daysAgo(9), to: daysAgo(2) },
  ];
}

/** Twenty prompts, each with a version a week and one model; most of it in production, and most of it succeeds. */
async function fill(client, executions, progress) {
  await client.query(`
    INSERT INTO prompts (project_id, name, mode, kind)
    SELECT project_id, 'bench-' || n, CASE WHEN n % 2 = 0 THEN 'full' ELSE 'tracking' END, 'text'
    FROM projects, generate_series(1, ${PROMPTS}) AS n WHERE projects.name = 'default';
    INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
    SELECT project_id, prompt_id, n, 'x', lpad(n::text, 64, '0'), 'liquid-1', '{}'
    FROM prompts, generate_series(1, ${VERSIONS}) AS n`);
  for (let done = 0; done < executions; done += CHUNK) {
    progress(`analytics, ${done.toLocaleString('en-US')} executions written`);
    await client.query(INSERT_CHUNK, [Math.min(CHUNK, executions - done)]);
    await foldAll(client);
  }
  await client.query('VACUUM (ANALYZE) executions');
  await client.query('VACUUM (ANALYZE) execution_rollups');
  await client.query('VACUUM (ANALYZE) execution_deltas');
}

/** Past the API, and through the trigger that counts. */
const INSERT_CHUNK = `
  WITH known AS MATERIALIZED (
    SELECT p.project_id, array_agg(p.prompt_id ORDER BY p.name) AS prompts, array_agg(p.mode ORDER BY p.name) AS modes,
      (SELECT array_agg(m.model_id) FROM (SELECT model_id FROM models ORDER BY model_name LIMIT 3) AS m) AS models,
      (SELECT array_agg(v.version_id ORDER BY q.name, v.version_number)
       FROM prompt_versions v JOIN prompts q USING (project_id, prompt_id)) AS versions
    FROM prompts p GROUP BY p.project_id
  ), drawn AS MATERIALIZED (
    SELECT now() - random() * interval '${DAYS} days' AS at, 1 + floor(random() * ${PROMPTS})::int AS prompt, random() AS luck,
      random() AS place
    FROM generate_series(1, $1::int)
  )
  INSERT INTO executions (project_id, execution_id, prompt_id, version_id, model_id, environment, execution_mode, prompt_mode,
    status, timeout_ms, resolved_by, created_at, started_at, completed_at, latency_ms, prompt_tokens, response_tokens)
  SELECT project_id, (left(ledger_uuid7_floor(at)::text, 24) || right(gen_random_uuid()::text, 12))::uuid,
    prompts[prompt],
    versions[(prompt - 1) * ${VERSIONS} + 1 + floor(extract(epoch FROM now() - at) / 604800)::int % ${VERSIONS}],
    models[1 + prompt % 3], CASE WHEN place < 0.9 THEN 'prod' ELSE 'dev' END, 'sync', modes[prompt],
    CASE WHEN luck < 0.97 THEN 'succeeded' WHEN luck < 0.99 THEN 'failed' ELSE 'canceled' END, 60000, 'pointer', at, at, at,
    CASE WHEN luck < 0.99 THEN 200 + floor(random() * 3000)::int END,
    CASE WHEN luck < 0.97 THEN floor(random() * 2000)::int END,
    CASE WHEN luck < 0.97 THEN floor(random() * 500)::int END
  FROM drawn, known`;

async function foldAll(client) {
  for (;;) {
    const { rows } = await client.query('SELECT ledger_fold_executions($1) AS folded', [MOST_FOLDED]);
    if (rows[0].folded === 0) return;
  }
}

function peersOf(client, ledger, question) {
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

/** A fast wrong answer is none. */
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

async function medianOf(ask) {
  const samples = [];
  for (let read = 0; read < READS; read++) {
    const startedAtMs = performance.now();
    await ask();
    samples.push(performance.now() - startedAtMs);
  }
  return samples.sort((a, b) => a - b)[READS >> 1];
}

function rowOf(scenario, samples) {
  const compared = compare(
    samples,
    (round) => round[LEDGER],
    (round) => round[BRUTE_FORCE],
  );
  const what = { scenario, figure: 'a read, median', unit: 'ms', peer: BRUTE_FORCE, goal: atMost(20, 'ms') };
  return row(what, compared);
}
