import { findRecordTables } from './record-tables.mjs';
import { uuid7At, uuid7Floor } from './uuid7-sql.mjs';

/** Facts about the filled rows, for scenarios that query them. */
export const FILL_PROMPTS = 20;
export const FILL_BATCH_ID = '0190a000-0000-7000-8000-000000000001';
/** Never `canceled`, so that this prompt has a status without executions. */
export const FILL_PROMPT = 'bench-7';
const VERSIONS = 4;
const CHUNK = 100_000;
const PARTITIONED = ['executions', 'execution_inputs', 'execution_outputs', 'execution_attempts'];

/**
 * Writes ended executions directly, without the API and the other work of an ending: twenty prompts with a version a week, mostly in
 * production and mostly successful. It suits both schemas, because it writes only columns that a table has. It leaves the tables as after a
 * flood of inserts: never analysed, never vacuumed.
 *
 * @param {import('pg').Client} client a superuser's client.
 * @param {object} options
 * @param {number} options.executions
 * @param {number} options.weeks the number of weeks up to now that they are spread over; 1 is this week.
 * @param {(written: number) => void} [options.onChunk]
 * @param {boolean} [options.isCounted] whether the counts that analytics reads are written too.
 */
export async function fillExecutions(client, { executions, weeks, onChunk, isCounted = false }) {
  await client.query(INSERT_PROMPTS);
  await prepareTables(client, weeks);
  const statement = await buildInsert(client, isCounted);
  // Disables triggers and foreign keys, because their work is not part of the tables' size.
  await client.query('SET session_replication_role = replica');
  for (let done = 0; done < executions; done += CHUNK) {
    onChunk?.(done);
    await client.query(statement, [Math.min(CHUNK, executions - done), done, executions, weeks]);
  }
  await client.query('SET session_replication_role = DEFAULT');
}

/**
 * Makes the partitions that the fill writes to, and keeps Postgres from analysing them during a measurement. The small table of executions
 * in flight, which one of the schemas has, keeps its vacuum settings because it depends on them. A second call changes nothing, so plans
 * that were made since the first one are kept.
 *
 * @param {import('pg').Client} client
 * @param {number} weeks the number of weeks, up to this one.
 */
export async function prepareTables(client, weeks) {
  await ensurePartitions(client, weeks);
  const { rows } = await client.query(
    `SELECT i.relid::regclass::text AS name
     FROM unnest($1::regclass[]) AS parent, pg_partition_tree(parent) i JOIN pg_class c ON c.oid = i.relid
     WHERE i.isleaf AND NOT coalesce(c.reloptions, '{}') @> '{autovacuum_enabled=false}'`,
    [PARTITIONED],
  );
  for (const { name } of rows) await client.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`);
}

/** @returns {Promise<string>} a sentence that describes the tables. */
export async function describeFill(database) {
  const { isSplit } = await findRecordTables(database);
  const [{ size }] = await database.query(
    `SELECT pg_size_pretty(sum(pg_total_relation_size(i.relid))) AS size
     FROM unnest($1::regclass[]) AS parent, pg_partition_tree(parent) i`,
    [PARTITIONED],
  );
  return `${size} of executions, inputs, outputs and attempts${isSplit ? ', with what is in flight apart' : ''}`;
}

const INSERT_PROMPTS = `
  INSERT INTO prompts (project_id, name, mode, kind)
  SELECT project_id, 'bench-' || n, CASE WHEN n % 2 = 0 THEN 'full' ELSE 'tracking' END, 'text'
  FROM projects, generate_series(1, ${FILL_PROMPTS}) AS n WHERE projects.name = 'default';
  INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
  SELECT project_id, prompt_id, n, 'x', lpad(n::text, 64, '0'), 'liquid-1', '{}'
  FROM prompts, generate_series(1, ${VERSIONS}) AS n WHERE name LIKE 'bench-%'`;

/** The service makes the partitions of the coming weeks. Rows of past weeks without one would all be in the default partition. */
async function ensurePartitions(client, weeks) {
  const { rows: known } = await client.query(
    `SELECT 1 FROM pg_proc WHERE proname = 'ledger_ensure_partitions'`,
  );
  if (known.length > 0) await client.query('SELECT ledger_ensure_partitions()');
  for (let ago = 1; ago < weeks; ago++) {
    for (const parent of PARTITIONED) {
      const { rows } = await client.query(
        `SELECT format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
           $1 || '_' || to_char(week AT TIME ZONE 'UTC', 'YYYYMMDD'), $1::text,
           ${uuid7Floor('week')}, ${uuid7Floor(`week + interval '7 days'`)}) AS ddl
         FROM (SELECT (date_trunc('week', now() AT TIME ZONE 'UTC') - make_interval(weeks => $2)) AT TIME ZONE 'UTC') AS w(week)`,
        [parent, ago],
      );
      await client.query(rows[0].ddl);
    }
  }
}

/**
 * Each column with its value for a drawn row `d`. If a table lacks a column, the schema stores it
 * elsewhere or not at all.
 */
const COLUMNS = {
  executions: {
    project_id: 'd.project_id',
    execution_id: 'd.execution_id',
    prompt_id: 'd.prompt_id',
    version_id: 'd.version_id',
    model_id: 'd.model_id',
    environment: 'd.environment',
    execution_mode: `'sync'`,
    prompt_mode: 'd.prompt_mode',
    status: 'd.status',
    correlation_id: `CASE WHEN d.n % 2 = 0 THEN 'order-' || d.n END`,
    batch_id: `CASE WHEN d.n % 100 = 0 THEN '${FILL_BATCH_ID}'::uuid END`,
    timeout_ms: '60000',
    max_attempts: '1',
    on_unknown: `'fail'`,
    resolved_by: `'pointer'`,
    fence: '1',
    attempts_made: '1',
    created_at: 'd.at',
    started_at: 'd.at',
    completed_at: 'd.at',
    latency_ms: 'd.latency_ms',
    prompt_tokens: 'd.prompt_tokens',
    response_tokens: 'd.response_tokens',
    finish_reason: `CASE WHEN d.status = 'succeeded' THEN 'stop' END`,
    error_type: `CASE WHEN d.status = 'failed' THEN 'provider_error' END`,
  },
  execution_inputs: {
    project_id: 'd.project_id',
    execution_id: 'd.execution_id',
    variables_json: `'{"text":"A line of an order."}'::json`,
    rendered_prompt: `'Summarize the following text in one sentence. A line of an order: ' || d.n`,
  },
  execution_outputs: {
    project_id: 'd.project_id',
    execution_id: 'd.execution_id',
    attempt: '1',
    response_text: `'A short answer of eight tokens in all.'`,
    response_bytes: '38',
    response_sha256: `repeat('0', 64)`,
    response_truncated: 'false',
  },
  execution_attempts: {
    project_id: 'd.project_id',
    execution_id: 'd.execution_id',
    attempt: '1',
    fence: '1',
    status: `CASE WHEN d.status = 'succeeded' THEN 'succeeded' ELSE 'failed' END`,
    provider: `'openai'`,
    model_name: `'gpt-4o-mini'`,
    model_id: 'd.model_id',
    started_at: 'd.at',
    completed_at: 'd.at',
    latency_ms: 'd.latency_ms',
  },
};

/** The counts of analytics, as an ending writes them. */
const COUNTS = {
  project_id: 'project_id',
  hour: `date_trunc('hour', at, 'UTC')`,
  prompt_id: 'prompt_id',
  prompt_mode: 'prompt_mode',
  version_id: 'version_id',
  model_id: 'model_id',
  environment: 'environment',
  status: 'status',
  key_id: `'00000000-0000-0000-0000-000000000000'::uuid`,
  owner_team: `''`,
  executions: 'count(*)',
  latency_count: `count(latency_ms) FILTER (WHERE status = 'succeeded')`,
  latency_sum_ms: `coalesce(sum(latency_ms) FILTER (WHERE status = 'succeeded'), 0)`,
  prompt_tokens_count: 'count(prompt_tokens)',
  prompt_tokens_sum: 'coalesce(sum(prompt_tokens), 0)',
  response_tokens_count: 'count(response_tokens)',
  response_tokens_sum: 'coalesce(sum(response_tokens), 0)',
  cached_prompt_tokens_count: '0',
  cached_prompt_tokens_sum: '0',
  reasoning_tokens_count: '0',
  reasoning_tokens_sum: '0',
  cost_count: '0',
  cost_sum_pico_usd: '0',
};
const COUNT_KEYS = 'project_id, 2, prompt_id, prompt_mode, version_id, model_id, environment, status';

/** $1 is how many to insert, $2 how many were inserted before, $3 the total, and $4 the number of weeks. */
async function buildInsert(client, isCounted) {
  const parts = [];
  for (const [table, columns] of Object.entries(COLUMNS)) {
    const from = table === 'execution_outputs' ? `drawn d WHERE d.status = 'succeeded'` : 'drawn d';
    parts.push(`into_${table} AS (${await insertKnown(client, table, columns, `FROM ${from}`)})`);
  }
  if (isCounted) {
    const from = `FROM drawn GROUP BY ${COUNT_KEYS}`;
    parts.push(`counted AS (${await insertKnown(client, 'execution_deltas', COUNTS, from)})`);
  }
  return `WITH ${DRAW}, ${parts.join(', ')} SELECT 1`;
}

async function insertKnown(client, table, columns, from) {
  const { rows } = await client.query(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  const known = new Set(rows.map(({ name }) => name));
  const entries = Object.entries(columns).filter(([name]) => known.has(name));
  const names = entries.map(([name]) => name).join(', ');
  return `INSERT INTO ${table} (${names}) SELECT ${entries.map(([, value]) => value).join(', ')} ${from}`;
}

/** In the order of time, as real executions; ids leave room for others of the same millisecond. */
const DRAW = `known AS MATERIALIZED (
    SELECT p.project_id, array_agg(p.prompt_id ORDER BY p.name) AS prompts, array_agg(p.mode ORDER BY p.name) AS modes,
      array_agg(p.name ORDER BY p.name) AS names,
      (SELECT array_agg(m.model_id) FROM (SELECT model_id FROM models ORDER BY model_name LIMIT 3) AS m) AS models,
      (SELECT array_agg(v.version_id ORDER BY q.name, v.version_number)
       FROM prompt_versions v JOIN prompts q USING (project_id, prompt_id) WHERE q.name LIKE 'bench-%') AS versions
    FROM prompts p WHERE p.name LIKE 'bench-%' GROUP BY p.project_id
  ), lucky AS MATERIALIZED (
    SELECT $2::bigint + n AS n, 1 + floor(random() * ${FILL_PROMPTS})::int AS prompt, random() AS luck, random() AS place,
      since + (now() - since) * (($2::float8 + n) / $3::float8) AS at
    FROM generate_series(1, $1::int) AS n,
      (SELECT date_trunc('week', now(), 'UTC') - make_interval(weeks => $4::int - 1) AS since) AS s
  ), drawn AS MATERIALIZED (
    SELECT l.n, l.at, project_id, ${uuid7At('l.at')} AS execution_id,
      prompts[l.prompt] AS prompt_id, modes[l.prompt] AS prompt_mode, models[1 + l.prompt % 3] AS model_id,
      versions[(l.prompt - 1) * ${VERSIONS} + 1 + floor(extract(epoch FROM now() - l.at) / 604800)::int % ${VERSIONS}] AS version_id,
      CASE WHEN l.place < 0.9 THEN 'prod' ELSE 'dev' END AS environment,
      CASE WHEN l.luck < 0.97 THEN 'succeeded' WHEN l.luck < 0.99 OR names[l.prompt] = '${FILL_PROMPT}' THEN 'failed' ELSE 'canceled' END AS status,
      CASE WHEN l.luck < 0.99 THEN 200 + floor(random() * 3000)::int END AS latency_ms,
      CASE WHEN l.luck < 0.97 THEN floor(random() * 2000)::int END AS prompt_tokens,
      CASE WHEN l.luck < 0.97 THEN floor(random() * 500)::int END AS response_tokens
    FROM lucky l, known
  )`;
