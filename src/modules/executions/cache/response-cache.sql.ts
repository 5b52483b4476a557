import { CURRENT_AND_KEYED, EXECUTION_COLUMNS, INSERTED } from '../executions.sql.js';

/** Whoever claimed a key and has no execution by then is gone, or was refused and could not say so. */
const CLAIM_PATIENCE = `interval '15 seconds'`;

/** An answer that was cut is not the whole answer, and stands for nothing. */
export const FIND = `
  SELECT c.execution_id AS "executionId", CASE
      WHEN e.status = 'succeeded' AND o.execution_id IS NOT NULL AND NOT o.response_truncated
        AND e.completed_at > now() - make_interval(secs => $3::integer) THEN 'answer'
      WHEN e.status IN ('queued', 'running') THEN 'under_way'
      WHEN e.status IS NULL AND c.claimed_at > now() - ${CLAIM_PATIENCE} THEN 'under_way'
      ELSE 'unusable' END AS state,
    e.model_id AS "modelId", m.provider, m.model_name AS "modelName", e.finish_reason AS "finishReason",
    e.prompt_tokens AS "promptTokens", e.response_tokens AS "responseTokens", e.cached_prompt_tokens AS "cachedPromptTokens",
    e.reasoning_tokens AS "reasoningTokens", o.response_text AS "responseText", o.response_sha256 AS "responseSha256",
    o.tool_calls AS "toolCalls"
  FROM response_cache c
  LEFT JOIN executions e ON e.project_id = c.project_id AND e.execution_id = c.execution_id
  LEFT JOIN execution_outputs o ON o.project_id = c.project_id AND o.execution_id = c.execution_id
  LEFT JOIN models m ON m.project_id = e.project_id AND m.model_id = e.model_id
  WHERE c.project_id = $1 AND c.cache_key = $2`;

export const CLAIM = `
  INSERT INTO response_cache AS c (project_id, cache_key, execution_id, expires_at)
  VALUES ($1, $2, $3, now() + make_interval(secs => $4::integer))
  ON CONFLICT (project_id, cache_key) DO UPDATE
    SET execution_id = excluded.execution_id, claimed_at = now(), expires_at = greatest(c.expires_at, excluded.expires_at)
    WHERE c.execution_id = $5
  RETURNING execution_id`;

export const UNCLAIM = `
  DELETE FROM response_cache c
  WHERE c.project_id = $1 AND c.cache_key = $2 AND c.execution_id = $3 AND NOT EXISTS (
    SELECT FROM executions e WHERE e.project_id = $1 AND e.execution_id = $3 AND e.status IN ('queued', 'running', 'succeeded'))`;

/** As any execution begins, but for an attempt and a hold: nobody is called. `$2`: whose answer it gets. */
export const INSERT_CACHED = `
  WITH entry AS MATERIALIZED (
    SELECT * FROM ${INSERTED}
  ), ${CURRENT_AND_KEYED}
  ), execution AS (
    INSERT INTO executions (${EXECUTION_COLUMNS}, max_new_tokens, targets, cache_hit, cached_from, started_at)
    SELECT ${EXECUTION_COLUMNS}, max_new_tokens, targets::json, true, $2::uuid, created_at
    FROM current WHERE key IS NULL OR execution_id IN (SELECT execution_id FROM keyed)
    RETURNING project_id, execution_id
  ), input AS (
    INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt, rendered_messages, extras)
    SELECT project_id, execution_id, variables_json::json, rendered_prompt, rendered_messages::json, extras::json
    FROM execution JOIN current USING (project_id, execution_id)
  ), output AS (
    INSERT INTO execution_outputs (project_id, execution_id, response_text, usage, response_truncated, response_bytes, response_sha256, tool_calls)
    SELECT o.project_id, x.execution_id, o.response_text, o.usage, o.response_truncated, o.response_bytes, o.response_sha256, o.tool_calls
    FROM execution x JOIN execution_outputs o ON o.project_id = x.project_id AND o.execution_id = $2::uuid
  )
  SELECT execution.execution_id IS NOT NULL AS inserted, current.execution_id IS NULL AS stale
  FROM entry LEFT JOIN current USING (execution_id) LEFT JOIN execution USING (execution_id)`;

/** It cost nothing, and there was no call whose time could be told. */
export const ANSWER = `
  UPDATE executions e SET status = 'succeeded', completed_at = coalesce($4::timestamptz, greatest(now(), e.created_at)), finish_reason = s.finish_reason,
    prompt_tokens = s.prompt_tokens, response_tokens = s.response_tokens, cached_prompt_tokens = s.cached_prompt_tokens,
    reasoning_tokens = s.reasoning_tokens, cost_pico_usd = 0
  FROM executions s
  WHERE e.project_id = $1 AND e.execution_id = $2 AND e.status = 'running' AND s.project_id = $1 AND s.execution_id = $3`;
