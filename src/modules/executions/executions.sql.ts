/**
 * The statements of the hot path, apart from the code that calls them, so that they can be read as SQL. Each takes a
 * batch as one JSON array ($1): as arrays by column, twenty parameters would say the same with less to read it by.
 * Rows are locked in the order idempotency keys, executions, attempts, and each by id. An entry is known by its fence
 * too: a process that has lost an execution and taken it again may show both in one batch.
 */

const IDENTITY = 'project_id uuid, execution_id uuid';

/**
 * `prompt_revision`: the revision of the prompt that the request was prepared with; null when that was read after the
 * request came. `answer_*`: what a repeated key will be answered, where it is known beforehand. `hold_*`: the most that the
 * first call may cost, by token counts and prices; `arrival`: in which order the requests came.
 */
export const INSERTED = `json_to_recordset($1::json) AS entry(${IDENTITY},
    prompt_id uuid, prompt_revision bigint, version_id uuid, model_id uuid, environment text, execution_mode text,
    prompt_mode text, status text, correlation_id text, temperature double precision, top_k integer,
    top_p double precision, repetition_penalty double precision, max_new_tokens integer, further_params text,
    timeout_ms integer, max_attempts integer, on_unknown text, callback_url text, batch_id uuid, error_type text,
    error_message text, resolved_by text, requested_by text, key_id uuid, created_at timestamptz, lease_ms integer,
    variables_json text, rendered_prompt text, rendered_messages text, extras text, provider text, model_name text,
    route_name text, targets text, on_budget text, streamed boolean, arrival bigint,
    hold_input_pico_usd numeric, hold_output_pico_usd numeric, hold_tokens integer, route text, key text, fingerprint text, key_ttl_ms double precision,
    answer_status integer, answer_headers json, answer_body text)`;

export const EXECUTION_COLUMNS = `project_id, execution_id, prompt_id, version_id, model_id, environment, execution_mode, prompt_mode,
      status, correlation_id, temperature, top_k, top_p, repetition_penalty, further_params, timeout_ms, max_attempts, on_unknown, callback_url, batch_id, error_type, error_message, resolved_by, requested_by, key_id,
      created_at, owner_team, route_name, on_budget, streamed`;

/** Those of `entry` whose prompt is as it was when they were prepared, and, of those, the keys that nobody had. */
export const CURRENT_AND_KEYED = `current AS MATERIALIZED (
    SELECT entry.*, p.owner_team, p.name AS prompt_name FROM entry
    LEFT JOIN prompts p ON p.project_id = entry.project_id AND p.prompt_id = entry.prompt_id
    WHERE entry.prompt_revision IS NULL OR p.registry_revision = entry.prompt_revision
  ), keyed AS (
    INSERT INTO idempotency_keys (project_id, route, key, fingerprint, execution_id, status, headers, body, expires_at)
    SELECT project_id, route, key, decode(fingerprint, 'hex'), execution_id, answer_status, answer_headers,
      convert_to(answer_body, 'UTF8'), now() + make_interval(secs => key_ttl_ms / 1000)
    FROM current WHERE key IS NOT NULL ORDER BY project_id, route, key
    ON CONFLICT DO NOTHING
    RETURNING execution_id`;

/** What `ledger_hold_budgets` is asked about an entry. */
const ASKED = `'project_id', project_id, 'execution_id', execution_id, 'arrival', arrival, 'owner_team', owner_team,
    'prompt_name', prompt_name, 'key_id', key_id, 'input_pico_usd', hold_input_pico_usd, 'output_pico_usd', hold_output_pico_usd,
    'max_new_tokens', hold_tokens, 'clamp', on_budget = 'clamp'`;

/** Where nobody has a budget, nothing is asked: one look at an index for all entries. */
const HAS_BUDGETS = `EXISTS (SELECT FROM budgets b WHERE b.archived_at IS NULL)`;

/**
 * `queued`: due at once. `running`: its first attempt is dispatched with it. `failed`: refused before any call.
 * An entry whose prompt has changed meanwhile is `stale`, one whose key is taken is neither inserted nor stale, and one
 * that a budget refuses has a verdict. Its key was written by then, so that locks are taken in their order, and is taken
 * back: nothing of it stays. `$2`: how long the money is held when nobody reports what was spent.
 * @param isNew what keeps an entry from being written, and held for, twice.
 */
function insertSql({ isNew, onConflict }: { readonly isNew: string; readonly onConflict: string }): string {
  return `
  WITH entry AS MATERIALIZED (
    SELECT * FROM ${INSERTED}
  ), ${CURRENT_AND_KEYED}
  ), wanted AS MATERIALIZED (
    SELECT * FROM current WHERE (key IS NULL OR execution_id IN (SELECT execution_id FROM keyed)) ${isNew}
  ), verdict AS MATERIALIZED (
    SELECT v.* FROM ledger_hold_budgets(CASE WHEN ${HAS_BUDGETS} THEN
      (SELECT json_agg(json_build_object('attempt', 1, ${ASKED})) FROM wanted WHERE status IN ('queued', 'running')) END, $2) AS v
  ), admitted AS MATERIALIZED (
    SELECT wanted.*, v.verdict, v.max_new_tokens AS clamped_tokens, v.percent, v.warned_by
    FROM wanted LEFT JOIN verdict v USING (execution_id)
    WHERE v.verdict IS NULL OR v.verdict IN ('free', 'held', 'clamped')
  ), execution AS (
    INSERT INTO executions (${EXECUTION_COLUMNS}, max_new_tokens, targets, due_at, fence, attempts_made, started_at, lease_until, completed_at)
    SELECT ${EXECUTION_COLUMNS},
      coalesce(clamped_tokens, max_new_tokens), targets::json,
      CASE status WHEN 'queued' THEN now() END,
      CASE status WHEN 'running' THEN 1 ELSE 0 END,
      CASE status WHEN 'running' THEN 1 ELSE 0 END,
      CASE status WHEN 'running' THEN created_at END,
      CASE status WHEN 'running' THEN now() + make_interval(secs => lease_ms / 1000.0) END,
      CASE status WHEN 'failed' THEN created_at END
    FROM admitted
    ${onConflict}
    RETURNING project_id, execution_id
  ), input AS (
    INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt, rendered_messages, extras)
    SELECT project_id, execution_id, variables_json::json, rendered_prompt, rendered_messages::json, extras::json
    FROM execution JOIN admitted USING (project_id, execution_id)
  ), attempt AS (
    INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, model_id)
    SELECT project_id, execution_id, 1, 1, 'dispatched', provider, model_name, model_id
    FROM execution JOIN admitted USING (project_id, execution_id) WHERE status = 'running'
  ), forgotten AS MATERIALIZED (
    SELECT ledger_forget_keys((SELECT json_agg(json_build_object('project_id', project_id, 'route', route, 'key', key,
      'execution_id', execution_id)) FROM wanted WHERE key IS NOT NULL AND execution_id NOT IN (SELECT execution_id FROM admitted)))
  )
  SELECT entry.execution_id, execution.execution_id IS NOT NULL AS inserted, current.execution_id IS NULL AS stale,
    v.verdict, v.max_new_tokens AS clamped_tokens, v.budget_id, v.left_pico_usd, v.percent, v.warned_by
  FROM entry LEFT JOIN current USING (execution_id) LEFT JOIN execution USING (execution_id) LEFT JOIN verdict v USING (execution_id)
  CROSS JOIN forgotten`;
}

export const INSERT = insertSql({ isNew: '', onConflict: '' });

/** For entries that were sent before and may be there: those are left alone. */
export const INSERT_AGAIN = insertSql({
  isNew: `AND NOT EXISTS (SELECT FROM executions e
      WHERE e.project_id = current.project_id AND e.execution_id = current.execution_id)`,
  onConflict: 'ON CONFLICT (project_id, execution_id) DO NOTHING',
});

/** Which of these executions there are, and what a budget has left them of their tokens. */
export const FIND_INSERTED = `
  SELECT execution_id, CASE on_budget WHEN 'clamp' THEN max_new_tokens END AS clamped_tokens FROM executions JOIN json_to_recordset($1::json) AS entry(${IDENTITY}) USING (project_id, execution_id)`;

/**
 * The lease begins again here: the call gets all its time, however long the claim has waited. The number of the attempt
 * comes from the claim, so that the statement may be sent twice. Answers what its tokens are to be counted against.
 */
export const DISPATCH = `
  WITH entry AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json)
      AS entry(${IDENTITY}, fence integer, attempt integer, provider text, model_name text, model_id uuid, lease_ms integer)
  ), held AS MATERIALIZED (
    SELECT project_id, execution_id, fence FROM executions e JOIN entry n USING (project_id, execution_id, fence)
    WHERE e.status = 'running' ORDER BY e.execution_id FOR UPDATE OF e
  ), owned AS (
    UPDATE executions e SET attempts_made = n.attempt, model_id = n.model_id, lease_until = now() + make_interval(secs => n.lease_ms / 1000.0)
    FROM held JOIN entry n USING (project_id, execution_id, fence)
    WHERE e.project_id = held.project_id AND e.execution_id = held.execution_id
    RETURNING e.project_id, e.execution_id, e.fence, e.key_id
  ), attempt AS (
    INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, model_id)
    SELECT project_id, execution_id, n.attempt, fence, 'dispatched', n.provider, n.model_name, n.model_id
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
      status text, ends_as text, wait_ms double precision, completed_at timestamptz, error_type text, error_message text,
      provider_status integer, provider_request_id text, latency_ms integer, finish_reason text, prompt_tokens integer,
      response_tokens integer, usage text, response_text text, response_truncated boolean, response_bytes bigint,
      response_sha256 text, tool_calls text, first_token_ms integer, cached_prompt_tokens integer, reasoning_tokens integer,
      is_free boolean, cost_pico_usd bigint, price_id uuid, provider text, model_name text, model_id uuid,
      route text, key text, answer_status integer, answer_headers json, answer_body text)
  ), held AS MATERIALIZED (
    SELECT project_id, execution_id, fence FROM executions e JOIN entry n USING (project_id, execution_id, fence)
    WHERE e.status = 'running' ORDER BY e.execution_id FOR UPDATE OF e
  ), moved AS (
    UPDATE executions e SET
      status = CASE n.next WHEN 'final' THEN coalesce(n.ends_as, n.status) ELSE n.next END,
      model_id = CASE n.next WHEN 'running' THEN n.model_id ELSE e.model_id END,
      attempts_made = CASE n.next WHEN 'running' THEN n.attempt + 1 ELSE e.attempts_made END,
      error_type = CASE n.next WHEN 'final' THEN n.error_type END,
      error_message = CASE n.next WHEN 'final' THEN n.error_message END,
      latency_ms = CASE n.next WHEN 'final' THEN n.latency_ms END,
      finish_reason = n.finish_reason, prompt_tokens = n.prompt_tokens, response_tokens = n.response_tokens,
      first_token_ms = n.first_token_ms, cached_prompt_tokens = n.cached_prompt_tokens, reasoning_tokens = n.reasoning_tokens,
      cost_pico_usd = n.cost_pico_usd, price_id = n.price_id,
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
      prompt_tokens = n.prompt_tokens, response_tokens = n.response_tokens, first_token_ms = n.first_token_ms,
      is_free = n.is_free, cost_pico_usd = n.cost_pico_usd, price_id = n.price_id,
      completed_at = clock_timestamp()
    FROM entry n LEFT JOIN moved USING (project_id, execution_id, fence)
    WHERE a.project_id = n.project_id AND a.execution_id = n.execution_id AND a.attempt = n.attempt AND a.fence = n.fence
      AND a.status IN ('dispatched', 'outcome_unknown')
  ), again AS (
    INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, model_id)
    SELECT project_id, execution_id, n.attempt + 1, fence, 'dispatched', n.provider, n.model_name, n.model_id
    FROM moved JOIN entry n USING (project_id, execution_id, fence) WHERE n.next = 'running'
    ON CONFLICT DO NOTHING
  ), output AS (
    INSERT INTO execution_outputs (project_id, execution_id, response_text, usage, response_truncated, response_bytes, response_sha256, tool_calls)
    SELECT project_id, execution_id, n.response_text, n.usage::json, n.response_truncated, n.response_bytes, n.response_sha256,
      n.tool_calls::json
    FROM moved JOIN entry n USING (project_id, execution_id, fence) WHERE n.response_text IS NOT NULL
  ), answer AS (
    UPDATE idempotency_keys k SET status = n.answer_status, headers = n.answer_headers, body = convert_to(n.answer_body, 'UTF8')
    FROM moved JOIN entry n USING (project_id, execution_id, fence)
    WHERE k.project_id = n.project_id AND k.route = n.route AND k.key = n.key AND n.answer_body IS NOT NULL
  )
  SELECT execution_id, fence FROM moved`;

/**
 * What a further attempt may cost, before it is made. One that was held for already is `held`, and not held for twice. First
 * the hold of a `free_attempt` is given back: the functions see what the ones before them have done.
 */
export const HOLD_AGAIN = `
  WITH entry AS MATERIALIZED (
    SELECT e.project_id, e.execution_id, n.attempt, n.free_attempt, 0 AS arrival, e.owner_team, p.name AS prompt_name, e.key_id,
      e.on_budget, n.hold_input_pico_usd, n.hold_output_pico_usd, n.hold_tokens
    FROM json_to_recordset($1::json) AS n(${IDENTITY}, attempt integer, free_attempt integer, hold_input_pico_usd numeric,
      hold_output_pico_usd numeric, hold_tokens integer)
    JOIN executions e USING (project_id, execution_id)
    LEFT JOIN prompts p ON p.project_id = e.project_id AND p.prompt_id = e.prompt_id
  ), freed AS MATERIALIZED (
    SELECT ledger_settle_holds((SELECT json_agg(json_build_object('project_id', project_id, 'execution_id', execution_id,
      'attempt', free_attempt, 'spent_pico_usd', 0)) FROM entry WHERE free_attempt IS NOT NULL)) WHERE ${HAS_BUDGETS}
  )
  SELECT v.execution_id, v.verdict, v.max_new_tokens AS clamped_tokens, v.budget_id, v.left_pico_usd, v.percent, v.warned_by
  FROM (SELECT count(*) FROM freed) AS settled CROSS JOIN LATERAL
    ledger_hold_budgets(CASE WHEN settled.count >= 0 AND ${HAS_BUDGETS} THEN
      (SELECT json_agg(json_build_object('attempt', attempt, ${ASKED})) FROM entry) END, $2) AS v`;

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
