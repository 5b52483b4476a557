import { COUNTED_COLUMNS, countEnded } from '../counts.js';
import { HOT, recordset } from '../statements.js';

/** An entry of `ledger_record`: an execution that a client made itself and reports afterwards. */
export const RECORD_ENTRY = {
  execution_id: 'uuid',
  prompt_id: 'uuid',
  version_id: 'uuid',
  provider: 'text',
  model_name: 'text',
  environment: 'text',
  prompt_mode: 'text',
  status: 'text',
  correlation_id: 'text',
  temperature: 'double precision',
  top_k: 'integer',
  top_p: 'double precision',
  repetition_penalty: 'double precision',
  max_new_tokens: 'integer',
  further_params: 'text',
  error_type: 'text',
  error_message: 'text',
  resolved_by: 'text',
  requested_by: 'text',
  key_id: 'uuid',
  created_at: 'timestamptz',
  started_at: 'timestamptz',
  completed_at: 'timestamptz',
  latency_ms: 'integer',
  finish_reason: 'text',
  prompt_tokens: 'integer',
  response_tokens: 'integer',
  cached_prompt_tokens: 'integer',
  cost_pico_usd: 'bigint',
  price_id: 'uuid',
  usage: 'text',
  provider_request_id: 'text',
  variables_json: 'text',
  rendered_prompt: 'text',
  rendered_messages: 'text',
  response_text: 'text',
  response_truncated: 'boolean',
  response_bytes: 'bigint',
  response_sha256: 'text',
} as const;

const COPIED = `prompt_id, version_id, environment, prompt_mode, status, correlation_id, temperature, top_k, top_p, repetition_penalty,
      max_new_tokens, further_params, error_type, error_message, resolved_by, requested_by, key_id, created_at, started_at,
      completed_at, latency_ms, finish_reason, prompt_tokens, response_tokens, cached_prompt_tokens, cost_pico_usd, price_id`;

/**
 * Writes key, models, executions and their texts together or not at all. An unknown model gets a row that is not on the list. Its upsert
 * makes an update without effect, because `DO NOTHING` would not return the id of a row that another transaction adds at this moment.
 * @returns whether it was recorded; false when the key is taken.
 */
export const CREATE_RECORD = `
CREATE FUNCTION ledger_record(entries json, project uuid, keyed_route text, keyed_by text, keyed_fingerprint bytea, answer_status integer,
  answer_headers json, answer_body text, key_ttl_hours integer)
RETURNS boolean
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('app.project_ids', ARRAY[project]::text, true);
  IF keyed_by IS NOT NULL THEN
    INSERT INTO idempotency_keys (project_id, route, key, fingerprint, status, headers, body, expires_at)
    VALUES (project, keyed_route, keyed_by, keyed_fingerprint, answer_status, answer_headers, convert_to(answer_body, 'UTF8'),
      now() + make_interval(hours => key_ttl_hours))
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      RETURN false;
    END IF;
  END IF;
  WITH entry AS MATERIALIZED (
    SELECT * FROM ${recordset('entries', RECORD_ENTRY, 'entry')}
  ), named AS (
    SELECT DISTINCT provider, model_name FROM entry
  ), known AS (
    SELECT m.model_id, n.provider, n.model_name FROM named n CROSS JOIN LATERAL (
      SELECT m.model_id FROM models m WHERE m.project_id = project AND m.provider = n.provider AND m.model_name = n.model_name OFFSET 0) AS m
  ), added AS (
    INSERT INTO models (project_id, provider, model_name, allowed)
    SELECT project, provider, model_name, false FROM named n
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.provider = n.provider AND k.model_name = n.model_name)
    ORDER BY provider COLLATE "C", model_name COLLATE "C"
    ON CONFLICT (project_id, provider, model_name) DO UPDATE SET provider = excluded.provider
    RETURNING model_id, provider, model_name
  ), model AS (
    SELECT * FROM known UNION ALL SELECT * FROM added
  ), over AS (
    INSERT INTO executions (project_id, execution_id, model_id, origin, execution_mode, attempts_made, max_attempts, owner_team, ${COPIED})
    SELECT project, execution_id, model_id, 'recorded', 'sync', 1, 1,
      (SELECT p.owner_team FROM prompts p WHERE p.project_id = project AND p.prompt_id = entry.prompt_id), ${COPIED}
    FROM entry JOIN model USING (provider, model_name)
    RETURNING ${COUNTED_COLUMNS}
  ), input AS (
    INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt, rendered_messages)
    SELECT project, execution_id, variables_json::json, rendered_prompt, rendered_messages::json FROM entry
  ), output AS (
    INSERT INTO execution_outputs (project_id, execution_id, attempt, response_text, usage, response_truncated, response_bytes, response_sha256)
    SELECT project, execution_id, 1, response_text, usage::json, response_truncated, response_bytes, response_sha256
    FROM entry WHERE response_text IS NOT NULL
  ), counted AS (
    ${countEnded('over')}
  )
  INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, model_id, provider_request_id,
    usage, error_type, error_message, started_at, completed_at, latency_ms, prompt_tokens, response_tokens, cost_pico_usd, price_id)
  SELECT project, execution_id, 1, 1, status, provider, model_name, model_id, provider_request_id, usage::json, error_type,
    error_message, started_at, completed_at, latency_ms, prompt_tokens, response_tokens, cost_pico_usd, price_id
  FROM entry JOIN model USING (provider, model_name);
  RETURN true;
END
$$;
`;

export const RECORD_FUNCTIONS = [
  'ledger_record(json,uuid,text,text,bytea,integer,json,text,integer)',
] as const;
