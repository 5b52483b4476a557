import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { isDatabaseOutage, TenantScope } from '../../../infra/database/index.js';
import { isThereAfterAll } from '../after-outage.js';
import { FIND_INSERTED } from '../executions.sql.js';
import type { StoredAnswer, UsedKey } from '../idempotency/index.js';

export interface NewRecordings {
  readonly projectId: string;
  /** In their order; there may be none. */
  readonly executionIds: readonly string[];
  /** For each a `recordedRow`, as JSON text. */
  readonly rows: readonly string[];
  readonly key: UsedKey | null;
  readonly answer: StoredAnswer;
}

const COLUMNS = `prompt_id, version_id, environment, prompt_mode, status, correlation_id, temperature, top_k, top_p,
      repetition_penalty, max_new_tokens, further_params, error_type, error_message, resolved_by, requested_by, key_id, created_at,
      started_at, completed_at, latency_ms, finish_reason, prompt_tokens, response_tokens, cached_prompt_tokens, cost_pico_usd,
      price_id`;

/**
 * A statement is a transaction: key, models, executions and their texts are there together or not at all. A model that
 * has no row gets one that is not on the list; the update that changes nothing is for the one that somebody else adds at
 * this moment, whose id an insert that does nothing would not tell.
 */
const RECORD = `
  WITH keyed AS (
    INSERT INTO idempotency_keys (project_id, route, key, fingerprint, status, headers, body, expires_at)
    SELECT $1, $3, $4, $5, $6, $7::json, convert_to($8, 'UTF8'), now() + make_interval(hours => $9)
    WHERE $4::text IS NOT NULL
    ON CONFLICT DO NOTHING
    RETURNING key
  ), entry AS MATERIALIZED (
    SELECT * FROM json_to_recordset($2::json) AS entry(execution_id uuid, prompt_id uuid, version_id uuid, provider text,
      model_name text, environment text, prompt_mode text, status text, correlation_id text,
      temperature double precision, top_k integer, top_p double precision, repetition_penalty double precision,
      max_new_tokens integer, further_params text, error_type text, error_message text, resolved_by text,
      requested_by text, key_id uuid, created_at timestamptz, started_at timestamptz, completed_at timestamptz, latency_ms integer,
      finish_reason text, prompt_tokens integer, response_tokens integer, cached_prompt_tokens integer,
      cost_pico_usd bigint, price_id uuid, usage text, provider_request_id text,
      variables_json text, rendered_prompt text, rendered_messages text, response_text text,
      response_truncated boolean, response_bytes bigint, response_sha256 text)
    WHERE $4::text IS NULL OR EXISTS (SELECT FROM keyed)
  ), named AS (
    SELECT DISTINCT provider, model_name FROM entry
  ), known AS (
    SELECT m.model_id, provider, model_name FROM models m JOIN named USING (provider, model_name) WHERE m.project_id = $1
  ), added AS (
    INSERT INTO models (project_id, provider, model_name, allowed)
    SELECT $1, provider, model_name, false FROM named
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.provider = named.provider AND k.model_name = named.model_name)
    ORDER BY provider COLLATE "C", model_name COLLATE "C"
    ON CONFLICT (project_id, provider, model_name) DO UPDATE SET provider = excluded.provider
    RETURNING model_id, provider, model_name
  ), model AS (
    SELECT * FROM known UNION ALL SELECT * FROM added
  ), execution AS (
    INSERT INTO executions (project_id, execution_id, model_id, origin, execution_mode, fence, attempts_made, max_attempts,
      owner_team, ${COLUMNS})
    SELECT $1, execution_id, model_id, 'recorded', 'sync', 1, 1, 1,
      (SELECT p.owner_team FROM prompts p WHERE p.project_id = $1 AND p.prompt_id = entry.prompt_id), ${COLUMNS}
    FROM entry JOIN model USING (provider, model_name)
  ), input AS (
    INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt, rendered_messages)
    SELECT $1, execution_id, variables_json::json, rendered_prompt, rendered_messages::json FROM entry
  ), output AS (
    INSERT INTO execution_outputs (project_id, execution_id, response_text, usage, response_truncated, response_bytes, response_sha256)
    SELECT $1, execution_id, response_text, usage::json, response_truncated, response_bytes, response_sha256
    FROM entry WHERE response_text IS NOT NULL
  ), attempt AS (
    INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name,
      provider_request_id, usage, error_type, error_message, started_at, completed_at, latency_ms, model_id, prompt_tokens,
      response_tokens, cost_pico_usd, price_id)
    SELECT $1, execution_id, 1, 1, status, provider, model_name, provider_request_id, usage::json, error_type, error_message,
      started_at, completed_at, latency_ms, model_id, prompt_tokens, response_tokens, cost_pico_usd, price_id
    FROM entry JOIN model USING (provider, model_name)
  )
  SELECT $4::text IS NULL OR EXISTS (SELECT FROM keyed) AS recorded`;

@Injectable()
export class RecordingRepository {
  constructor(
    private readonly scope: TenantScope,
    private readonly config: AppConfig,
  ) {}

  /** @returns false when the key is taken; then nothing was written. */
  async insert(recordings: NewRecordings): Promise<boolean> {
    const { projectId, executionIds, rows, key, answer } = recordings;
    const keyed = [key?.route, key?.key, key?.fingerprint, answer.status, JSON.stringify(answer.headers)];
    const keyTtlHours = this.config.env.IDEMPOTENCY_TTL_HOURS;
    const values = [projectId, `[${rows.join(',')}]`, ...keyed, answer.body, keyTtlHours];
    try {
      const [row] = await this.scope.statement<{ recorded: boolean }>(projectId, {
        name: 'record',
        text: RECORD,
        values,
      });
      return row?.recorded === true;
    } catch (error) {
      const [first] = executionIds;
      if (first === undefined || !isDatabaseOutage(error)) throw error;
      if (!(await isThereAfterAll(() => this.isThere(projectId, first)))) throw error;
      return true;
    }
  }

  private async isThere(projectId: string, executionId: string): Promise<boolean> {
    const values = [JSON.stringify([{ project_id: projectId, execution_id: executionId }])];
    const statement = { name: 'find-inserted', text: FIND_INSERTED, values };
    return (await this.scope.statement(projectId, statement)).length > 0;
  }
}
