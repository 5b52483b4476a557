/** After this time, a claim without an execution belongs to a dead process, or to a refused request that failed to withdraw it. */
const CLAIM_PATIENCE = `interval '15 seconds'`;

/** Never reuses an answer that was cut, whether here or because a budget left so few tokens, because it is incomplete. */
export const FIND = `
  SELECT c.execution_id AS "executionId", CASE
      WHEN e.status = 'succeeded' AND e.content_erased_at IS NULL AND o.execution_id IS NOT NULL AND NOT o.response_truncated
        AND NOT (e.on_budget = 'clamp' AND e.finish_reason = 'length') AND e.completed_at > now() - make_interval(secs => $3::integer) THEN 'answer'
      WHEN f.execution_id IS NOT NULL THEN 'under_way'
      WHEN e.status IS NULL AND c.claimed_at > now() - ${CLAIM_PATIENCE} THEN 'under_way'
      ELSE 'unusable' END AS state,
    e.model_id AS "modelId", m.provider, m.model_name AS "modelName", e.finish_reason AS "finishReason",
    e.prompt_tokens AS "promptTokens", e.response_tokens AS "responseTokens", e.cached_prompt_tokens AS "cachedPromptTokens",
    e.reasoning_tokens AS "reasoningTokens", o.response_text AS "responseText", o.response_sha256 AS "responseSha256",
    o.tool_calls AS "toolCalls", o.output_check AS "outputCheck"
  FROM response_cache c
  LEFT JOIN LATERAL (
    SELECT f.execution_id FROM executions_in_flight f
    WHERE f.project_id = c.project_id AND f.execution_id = c.execution_id OFFSET 0) AS f ON true
  LEFT JOIN LATERAL (
    SELECT * FROM executions e WHERE e.project_id = c.project_id AND e.execution_id = c.execution_id OFFSET 0) AS e ON true
  LEFT JOIN LATERAL (
    SELECT * FROM execution_outputs o
    WHERE o.project_id = c.project_id AND o.execution_id = c.execution_id AND o.attempt = e.attempts_made AND NOT o.late OFFSET 0) AS o ON true
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
  WHERE c.project_id = $1 AND c.cache_key = $2 AND c.execution_id = $3
    AND NOT EXISTS (SELECT FROM executions_in_flight f WHERE f.project_id = $1 AND f.execution_id = $3)
    AND NOT EXISTS (SELECT FROM executions e WHERE e.project_id = $1 AND e.execution_id = $3 AND e.status = 'succeeded')`;
