/**
 * The statements of the hot path, apart from the code that calls them, so that they can be read as SQL. Each takes a
 * batch as one JSON array ($1): as arrays by column, twenty parameters would say the same with less to read it by.
 * Rows are locked in the order idempotency keys, executions, attempts, and each by id. An entry is known by its fence
 * too: a process that has lost an execution and taken it again may show both in one batch.
 */

const IDENTITY = 'project_id uuid, execution_id uuid';

/**
 * `prompt_revision`: the revision of the prompt that the request was prepared with; null when that was read after the
 * request came. `answer_*`: what a repeated key will be answered, where it is known beforehand.
 */
const INSERTED = `json_to_recordset($1::json) AS entry(${IDENTITY},
    prompt_id uuid, prompt_revision bigint, version_id uuid, model_id uuid, environment text, execution_mode text,
    prompt_mode text, status text, correlation_id text, temperature double precision, top_k integer,
    top_p double precision, repetition_penalty double precision, max_new_tokens integer, further_params text,
    timeout_ms integer, max_attempts integer, on_unknown text, callback_url text, batch_id uuid, error_type text,
    error_message text, resolved_by text, requested_by text, key_id uuid, created_at timestamptz, lease_ms integer,
    variables_json text, rendered_prompt text, rendered_messages text, provider text, model_name text,
    route text, key text, fingerprint text, key_ttl_ms double precision,
    answer_status integer, answer_headers json, answer_body text)`;

const EXECUTION_COLUMNS = `project_id, execution_id, prompt_id, version_id, model_id, environment, execution_mode, prompt_mode,
      status, correlation_id, temperature, top_k, top_p, repetition_penalty, max_new_tokens, further_params, timeout_ms,
      max_attempts, on_unknown, callback_url, batch_id, error_type, error_message, resolved_by, requested_by, key_id,
      created_at`;

/**
 * `queued`: due at once. `running`: its first attempt is dispatched with it. `failed`: refused before any call.
 * An entry whose prompt has changed meanwhile is `stale`, one whose key is taken is neither inserted nor stale.
 */
function insertSql(onConflict: string): string {
  return `
  WITH entry AS MATERIALIZED (
    SELECT * FROM ${INSERTED}
  ), current AS MATERIALIZED (
    SELECT entry.* FROM entry
    WHERE prompt_revision IS NULL OR EXISTS (
      SELECT FROM prompts p
      WHERE p.project_id = entry.project_id AND p.prompt_id = entry.prompt_id AND p.registry_revision = entry.prompt_revision)
  ), keyed AS (
    INSERT INTO idempotency_keys (project_id, route, key, fingerprint, execution_id, status, headers, body, expires_at)
    SELECT project_id, route, key, decode(fingerprint, 'hex'), execution_id, answer_status, answer_headers,
      convert_to(answer_body, 'UTF8'), now() + make_interval(secs => key_ttl_ms / 1000)
    FROM current WHERE key IS NOT NULL ORDER BY project_id, route, key
    ON CONFLICT DO NOTHING
    RETURNING execution_id
  ), execution AS (
    INSERT INTO executions (${EXECUTION_COLUMNS}, due_at, fence, attempts_made, started_at, lease_until, completed_at)
    SELECT ${EXECUTION_COLUMNS},
      CASE status WHEN 'queued' THEN now() END,
      CASE status WHEN 'running' THEN 1 ELSE 0 END,
      CASE status WHEN 'running' THEN 1 ELSE 0 END,
      CASE status WHEN 'running' THEN created_at END,
      CASE status WHEN 'running' THEN now() + make_interval(secs => lease_ms / 1000.0) END,
      CASE status WHEN 'failed' THEN created_at END
    FROM current WHERE key IS NULL OR execution_id IN (SELECT execution_id FROM keyed)
    ${onConflict}
    RETURNING project_id, execution_id
  ), input AS (
    INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt, rendered_messages)
    SELECT project_id, execution_id, variables_json::json, rendered_prompt, rendered_messages::json
    FROM execution JOIN current USING (project_id, execution_id)
  ), attempt AS (
    INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name)
    SELECT project_id, execution_id, 1, 1, 'dispatched', provider, model_name
    FROM execution JOIN current USING (project_id, execution_id) WHERE status = 'running'
  )
  SELECT entry.execution_id, execution.execution_id IS NOT NULL AS inserted, current.execution_id IS NULL AS stale
  FROM entry LEFT JOIN current USING (execution_id) LEFT JOIN execution USING (execution_id)`;
}

export const INSERT = insertSql('');

/** For entries that were sent before and may be there: those are left alone. */
export const INSERT_AGAIN = insertSql('ON CONFLICT (project_id, execution_id) DO NOTHING');

/** Which of these executions there are. */
export const FIND_INSERTED = `
  SELECT execution_id FROM executions JOIN json_to_recordset($1::json) AS entry(${IDENTITY}) USING (project_id, execution_id)`;

/**
 * The lease begins again here: the call gets all its time, however long the claim has waited. The number of the attempt
 * comes from the claim, so that the statement may be sent twice. Answers what its tokens are to be counted against.
 */
export const DISPATCH = `
  WITH entry AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json)
      AS entry(${IDENTITY}, fence integer, attempt integer, provider text, model_name text, lease_ms integer)
  ), held AS MATERIALIZED (
    SELECT project_id, execution_id, fence FROM executions e JOIN entry n USING (project_id, execution_id, fence)
    WHERE e.status = 'running' ORDER BY e.execution_id FOR UPDATE OF e
  ), owned AS (
    UPDATE executions e SET attempts_made = n.attempt, lease_until = now() + make_interval(secs => n.lease_ms / 1000.0)
    FROM held JOIN entry n USING (project_id, execution_id, fence)
    WHERE e.project_id = held.project_id AND e.execution_id = held.execution_id
    RETURNING e.project_id, e.execution_id, e.fence, e.key_id
  ), attempt AS (
    INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name)
    SELECT project_id, execution_id, n.attempt, fence, 'dispatched', n.provider, n.model_name
    FROM owned JOIN entry n USING (project_id, execution_id, fence)
    ON CONFLICT DO NOTHING
  )
  SELECT execution_id, fence, key_id, tokens_per_minute FROM owned LEFT JOIN api_keys USING (project_id, key_id)`;

/**
 * How attempts ended. `next`: `final` ends the execution too, `queued` lets it wait for its next attempt, `running`
 * dispatches that at once, under the same lease. Whoever has lost the execution changes nothing but its own attempt,
 * which is `fenced` and keeps the late result.
 */
export const FINISH = `
  WITH entry AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS entry(${IDENTITY}, fence integer, attempt integer, next text,
      status text, wait_ms double precision, completed_at timestamptz, error_type text, error_message text,
      provider_status integer, provider_request_id text, latency_ms integer, finish_reason text, prompt_tokens integer,
      response_tokens integer, usage text, response_text text, response_truncated boolean, response_bytes bigint,
      response_sha256 text, provider text, model_name text,
      route text, key text, answer_status integer, answer_headers json, answer_body text)
  ), held AS MATERIALIZED (
    SELECT project_id, execution_id, fence FROM executions e JOIN entry n USING (project_id, execution_id, fence)
    WHERE e.status = 'running' ORDER BY e.execution_id FOR UPDATE OF e
  ), moved AS (
    UPDATE executions e SET
      status = CASE n.next WHEN 'final' THEN n.status ELSE n.next END,
      attempts_made = CASE n.next WHEN 'running' THEN n.attempt + 1 ELSE e.attempts_made END,
      error_type = CASE n.next WHEN 'final' THEN n.error_type END,
      error_message = CASE n.next WHEN 'final' THEN n.error_message END,
      latency_ms = CASE n.next WHEN 'final' THEN n.latency_ms END,
      finish_reason = n.finish_reason, prompt_tokens = n.prompt_tokens, response_tokens = n.response_tokens,
      due_at = CASE n.next WHEN 'queued' THEN now() + make_interval(secs => n.wait_ms / 1000) END,
      lease_until = CASE n.next WHEN 'running' THEN e.lease_until END,
      completed_at = CASE n.next WHEN 'final' THEN coalesce(n.completed_at, now()) END
    FROM held JOIN entry n USING (project_id, execution_id, fence)
    WHERE e.project_id = held.project_id AND e.execution_id = held.execution_id
    RETURNING e.project_id, e.execution_id, e.fence
  ), attempt AS (
    UPDATE execution_attempts a SET
      status = CASE WHEN a.status = 'dispatched' AND moved.execution_id IS NOT NULL THEN n.status ELSE 'fenced' END,
      late_response = CASE WHEN moved.execution_id IS NULL THEN n.response_text END,
      error_type = n.error_type, error_message = n.error_message, provider_status = n.provider_status,
      provider_request_id = n.provider_request_id, latency_ms = n.latency_ms, usage = n.usage::json,
      completed_at = clock_timestamp()
    FROM entry n LEFT JOIN moved USING (project_id, execution_id, fence)
    WHERE a.project_id = n.project_id AND a.execution_id = n.execution_id AND a.attempt = n.attempt AND a.fence = n.fence
      AND a.status IN ('dispatched', 'outcome_unknown')
  ), again AS (
    INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name)
    SELECT project_id, execution_id, n.attempt + 1, fence, 'dispatched', n.provider, n.model_name
    FROM moved JOIN entry n USING (project_id, execution_id, fence) WHERE n.next = 'running'
    ON CONFLICT DO NOTHING
  ), output AS (
    INSERT INTO execution_outputs (project_id, execution_id, response_text, usage, response_truncated, response_bytes, response_sha256)
    SELECT project_id, execution_id, n.response_text, n.usage::json, n.response_truncated, n.response_bytes, n.response_sha256
    FROM moved JOIN entry n USING (project_id, execution_id, fence) WHERE n.response_text IS NOT NULL
  ), answer AS (
    UPDATE idempotency_keys k SET status = n.answer_status, headers = n.answer_headers, body = convert_to(n.answer_body, 'UTF8')
    FROM moved JOIN entry n USING (project_id, execution_id, fence)
    WHERE k.project_id = n.project_id AND k.route = n.route AND k.key = n.key AND n.answer_body IS NOT NULL
  )
  SELECT execution_id, fence FROM moved`;

/**
 * After a FINISH that was sent twice: what it did not move may have been moved by the first. An attempt that ended
 * under a fence of ours was ended by us; a sweep would have left `outcome_unknown` behind.
 */
export const FIND_FINISHED = `
  SELECT a.execution_id, a.fence FROM execution_attempts a
  JOIN json_to_recordset($1::json) AS entry(${IDENTITY}, fence integer, attempt integer)
    USING (project_id, execution_id, fence, attempt)
  WHERE a.status IN ('succeeded', 'failed')`;

/**
 * The leases of what this process works on. It waits for nobody: what is being ended at this moment needs no lease.
 * Answers those that are no longer ours.
 */
export const RENEW = `
  WITH entry AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS entry(${IDENTITY}, fence integer)
  ), held AS MATERIALIZED (
    SELECT project_id, execution_id FROM executions e JOIN entry n USING (project_id, execution_id, fence)
    WHERE e.status = 'running' FOR UPDATE OF e SKIP LOCKED
  ), renewed AS (
    UPDATE executions e SET lease_until = now() + make_interval(secs => $2::integer / 1000.0)
    FROM held WHERE e.project_id = held.project_id AND e.execution_id = held.execution_id
  )
  SELECT e.execution_id, n.fence FROM executions e JOIN entry n USING (project_id, execution_id)
  WHERE e.fence <> n.fence OR e.status <> 'running'`;

/** Gives back what was claimed and not dispatched. */
export const RELEASE = `
  UPDATE executions SET status = 'queued', lease_until = NULL, due_at = now() + make_interval(secs => $4::integer / 1000.0)
  WHERE project_id = $1 AND execution_id = $2 AND fence = $3 AND status = 'running'
    AND NOT EXISTS (SELECT FROM execution_attempts a
      WHERE a.project_id = $1 AND a.execution_id = $2 AND a.fence = $3 AND a.status = 'dispatched')`;

/** While it waits, also for its next attempt: nothing is being called then. */
export const CANCEL = `
  UPDATE executions SET status = 'canceled', due_at = NULL, completed_at = now()
  WHERE project_id = $1 AND execution_id = $2 AND status = 'queued'
  RETURNING execution_id`;
