/** The statements of the hot path, apart from the code that calls them, so that they can be read as SQL. */

const INSERTED_COLUMNS = `project_id, prompt_id, version_id, model_id, environment, prompt_mode, correlation_id,
  temperature, top_k, top_p, repetition_penalty, max_new_tokens, further_params, timeout_ms, resolved_by, requested_by,
  execution_mode, status`;

/** $1 to $16 are the facts, $17 to $19 variables, prompt and messages, $20 and $21 mode and status. */
const INSERTED_VALUES = `$1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text, $7::text,
  $8::double precision, $9::integer, $10::double precision, $11::double precision, $12::integer, $13::text, $14::integer,
  $15::text, $16::text, $20::text, $21::text`;

const INSERT_INPUT = `INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt, rendered_messages)
    SELECT project_id, execution_id, $17::json, $18::text, $19::json FROM execution`;

export const INSERT_QUEUED = `
  WITH execution AS (
    INSERT INTO executions (${INSERTED_COLUMNS}, due_at) VALUES (${INSERTED_VALUES}, now())
    RETURNING project_id, execution_id
  ), input AS (
    ${INSERT_INPUT}
  )
  SELECT execution_id FROM execution`;

/** $22: grace of the lease, $23 and $24: provider and model of the attempt. */
export const INSERT_RUNNING = `
  WITH execution AS (
    INSERT INTO executions (${INSERTED_COLUMNS}, fence, attempts_made, started_at, lease_until)
    VALUES (${INSERTED_VALUES}, 1, 1, now(), now() + make_interval(secs => ($14::integer + $22::integer) / 1000.0))
    RETURNING project_id, execution_id, created_at
  ), input AS (
    ${INSERT_INPUT}
  ), attempt AS (
    INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name)
    SELECT project_id, execution_id, 1, 1, 'dispatched', $23::text, $24::text FROM execution
  )
  SELECT execution_id, created_at FROM execution`;

/** $6: grace of the lease, which begins again here: the call gets all its time, however long the claim has waited. */
export const DISPATCH = `
  WITH owned AS (
    UPDATE executions SET attempts_made = attempts_made + 1,
      lease_until = now() + make_interval(secs => (timeout_ms + $6::integer) / 1000.0)
    WHERE project_id = $1 AND execution_id = $2 AND fence = $3 AND status = 'running'
    RETURNING project_id, execution_id, fence, attempts_made
  )
  INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name)
  SELECT project_id, execution_id, attempts_made, fence, 'dispatched', $4::text, $5::text FROM owned
  RETURNING attempt`;

/**
 * $4 attempt, $5 status, $6 error type, $7 error message, $8 vendor's status, $9 vendor's request id, $10 latency,
 * $11 finish reason, $12 and $13 tokens, $14 raw usage, $15 response, $16 truncated, $17 bytes, $18 SHA-256.
 */
export const FINISH = `
  WITH finished AS (
    UPDATE executions SET status = $5::text, error_type = $6::text, error_message = $7::text, latency_ms = $10::integer,
      finish_reason = $11::text, prompt_tokens = $12::integer, response_tokens = $13::integer, lease_until = NULL,
      due_at = NULL, completed_at = now()
    WHERE project_id = $1 AND execution_id = $2 AND fence = $3 AND status = 'running'
    RETURNING project_id, execution_id, completed_at
  ), attempt AS (
    UPDATE execution_attempts SET
      status = CASE WHEN status = 'dispatched' AND EXISTS (SELECT FROM finished) THEN $5::text ELSE 'fenced' END,
      late_response = CASE WHEN EXISTS (SELECT FROM finished) THEN NULL ELSE $15::text END,
      error_type = $6::text, error_message = $7::text, provider_status = $8::integer, provider_request_id = $9::text,
      latency_ms = $10::integer, usage = $14::json, completed_at = now()
    WHERE project_id = $1 AND execution_id = $2 AND attempt = $4 AND fence = $3 AND status IN ('dispatched', 'outcome_unknown')
  ), output AS (
    INSERT INTO execution_outputs (project_id, execution_id, response_text, usage, response_truncated, response_bytes, response_sha256)
    SELECT project_id, execution_id, $15::text, $14::json, $16::boolean, $17::bigint, $18::text FROM finished WHERE $15::text IS NOT NULL
  )
  SELECT completed_at FROM finished`;
