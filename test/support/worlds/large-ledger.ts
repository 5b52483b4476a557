import type { Client } from 'pg';
import type { LedgerContext } from '../database/ledger-context.js';
import type { LedgerIds } from './record-world.js';

/** A page of a list costs the same with a thousand rows as with a hundred million. This many make a scan noticeable. */
export const LARGE_ROWS = 200_000;
export const WAITING_ROWS = 50_000;

/** Names that a filter may ask for. Every combination of them exists, and `RARE_ENVIRONMENT` a few times. */
export const ENVIRONMENTS = ['dev', 'staging', 'production'];
export const RARE_ENVIRONMENT = 'experiment';
const PROMPTS = 20;
/** One rollout has half of all executions, none of them canceled, and the other one in a thousand. One in ten belongs to the candidate. */
export const LARGE_ROLLOUT = '00000000-0000-7000-8000-000000000021';
export const SMALL_ROLLOUT = '00000000-0000-7000-8000-000000000022';

/** Inserts prompts, their versions and their models as the owner. */
export async function insertPrompts(owner: Client, projectId: string): Promise<LedgerIds[]> {
  const { rows } = await owner.query<LedgerIds>(
    `WITH model AS (
       INSERT INTO models (project_id, provider, model_name) VALUES ($1, 'echo', 'echo') RETURNING model_id
     ), prompt AS (
       INSERT INTO prompts (project_id, name, mode, kind) SELECT $1, 'prompt ' || n, 'full', 'text' FROM generate_series(1, ${PROMPTS}) AS n
       RETURNING prompt_id
     ), version AS (
       INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
       SELECT $1, prompt_id, 1, 'Hello', repeat('a', 64), 'liquid-1', '{}' FROM prompt RETURNING prompt_id, version_id
     )
     SELECT prompt_id AS "promptId", version_id AS "versionId", model_id AS "modelId" FROM version, model ORDER BY 1`,
    [projectId],
  );
  return rows;
}

/**
 * Fills every partition with ended executions, as if the ledger had run for five weeks from the beginning of this one, and keeps the server
 * from gathering statistics. One in twenty failed, one in a hundred was canceled, and the last prompt has only successes. One in
 * four has metadata: all of these the same plan, and a hundred each the same user.
 */
export async function insertLargeLedger(
  { owner, projectId }: LedgerContext,
  prompts: readonly LedgerIds[],
): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
       AND (c.relname LIKE 'execution%' OR c.relname IN ('budget_holds', 'idempotency_keys', 'outbox'))`,
  );
  for (const { name } of rows) await owner.query(`ALTER TABLE ${name} SET (autovacuum_enabled = off)`);
  const [{ modelId } = { modelId: '' }] = prompts;
  await owner.query(
    `CREATE UNLOGGED TABLE made AS
     SELECT (left(ledger_uuid7_floor(at)::text, 24) || lpad(to_hex(n), 12, '0'))::uuid AS execution_id, at, n,
       CASE WHEN n % 10000 = 7 THEN '${RARE_ENVIRONMENT}' ELSE ($1::text[])[1 + n % ${ENVIRONMENTS.length}] END AS environment,
       CASE WHEN n % ${PROMPTS} = ${PROMPTS - 1} THEN 'succeeded' WHEN n % 100 = 3 THEN 'canceled' WHEN n % 20 = 1 THEN 'failed' ELSE 'succeeded' END AS status,
       CASE n % 4 WHEN 0 THEN json_build_object('plan', 'free', 'user', 'user ' || n / 400) END AS metadata,
       ($2::uuid[])[1 + n % ${PROMPTS}] AS prompt_id, ($3::uuid[])[1 + n % ${PROMPTS}] AS version_id
     FROM generate_series(1, ${LARGE_ROWS}) AS n,
       LATERAL (SELECT date_trunc('week', now(), 'UTC') + n * interval '34 days' / ${LARGE_ROWS} AS at) AS moment`,
    [ENVIRONMENTS, prompts.map(({ promptId }) => promptId), prompts.map(({ versionId }) => versionId)],
  );
  await owner.query(
    `INSERT INTO executions (project_id, execution_id, status, prompt_id, version_id, model_id, prompt_mode, environment, execution_mode,
       correlation_id, metadata, batch_id, rollout, trace_id, created_at, started_at, completed_at, latency_ms, prompt_tokens, response_tokens, attempts_made)
     SELECT $1, execution_id, status, prompt_id, version_id, $2, 'full', environment, CASE n % 2 WHEN 0 THEN 'sync' ELSE 'async' END,
       CASE n % 3 WHEN 0 THEN 'order ' || n / 30 END, metadata,
       CASE WHEN n % 4 = 0 THEN ('00000000-0000-7000-8000-' || lpad(to_hex(n / 4000), 12, '0'))::uuid END,
       CASE WHEN n % 1000 = 501 THEN jsonb_build_object('rollout_id', '${SMALL_ROLLOUT}', 'arm', CASE n % 10000 WHEN 501 THEN 'candidate' ELSE 'control' END)
         WHEN n % 2 = 1 AND status <> 'canceled' THEN jsonb_build_object('rollout_id', '${LARGE_ROLLOUT}', 'arm', CASE n % 20 WHEN 1 THEN 'candidate' ELSE 'control' END) END,
       CASE n % 5 WHEN 0 THEN md5((n / 10)::text) END, at, at, at, 5, 3, 2, 1
     FROM made`,
    [projectId, modelId],
  );
  await owner.query(
    `INSERT INTO execution_metadata (project_id, execution_id, key, value)
     SELECT $1, execution_id, pair.key, pair.value FROM made, json_each_text(metadata) AS pair`,
    [projectId],
  );
  await owner.query(
    `INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt)
     SELECT $1, execution_id, '{"a": 1}', 'Hello' FROM made`,
    [projectId],
  );
  await owner.query(
    `INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, started_at)
     SELECT $1, execution_id, 1, 1, 'succeeded', 'echo', 'echo', at FROM made`,
    [projectId],
  );
  await owner.query(
    `INSERT INTO execution_outputs (project_id, execution_id, attempt, response_text, response_bytes, response_sha256)
     SELECT $1, execution_id, 1, 'Hello', 5, '' FROM made`,
    [projectId],
  );
  await owner.query('DROP TABLE made');
}

/** Inserts waiting executions with their inputs, due one after the other from `dueInS` on. */
export async function insertWaiting(
  owner: Client,
  projectId: string,
  { promptId, versionId, modelId }: LedgerIds,
  { count = WAITING_ROWS, dueInS = -3600 }: { readonly count?: number; readonly dueInS?: number } = {},
): Promise<void> {
  await owner.query(
    `WITH made AS (
       INSERT INTO executions_in_flight (project_id, status, prompt_id, version_id, model_id, prompt_mode, environment, execution_mode,
         timeout_ms, due_at)
       SELECT $1, 'queued', $2, $3, $4, 'full', 'dev', 'async', 1000, now() + make_interval(secs => $5::float8 + n * 0.01)
       FROM generate_series(1, $6::integer) AS n RETURNING project_id, execution_id
     )
     INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt)
     SELECT project_id, execution_id, '{"a": 1}', 'Hello' FROM made`,
    [projectId, promptId, versionId, modelId, dueInS, count],
  );
}
