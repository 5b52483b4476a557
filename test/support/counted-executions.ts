import type { TenantScope } from '../../src/infra/database/index.js';

/** What counts read of an execution, by the names of the columns. */
export interface CountedExecution {
  readonly execution_id: string;
  readonly created_at_ms: number;
  readonly status: string;
  /** Null, as its version and its mode: a call without a prompt. */
  readonly prompt_id: string | null;
  readonly version_id: string | null;
  readonly prompt_mode: string | null;
  readonly model_id: string;
  readonly environment: string;
  readonly key_id?: string | null;
  readonly owner_team?: string | null;
  readonly latency_ms?: number | null;
  readonly cost_pico_usd?: string | null;
  readonly prompt_tokens?: number | null;
  readonly cached_prompt_tokens?: number | null;
  readonly response_tokens?: number | null;
  readonly reasoning_tokens?: number | null;
}

const ROWS = `json_to_recordset($2::json) AS made (execution_id uuid, created_at_ms float8, status text, prompt_id uuid, version_id uuid,
    prompt_mode text, model_id uuid, environment text, key_id uuid, owner_team text, latency_ms integer, cost_pico_usd bigint,
    prompt_tokens integer, cached_prompt_tokens integer, response_tokens integer, reasoning_tokens integer)`;

/** As the application, in one statement; those that are over are counted by it. */
export async function insertCounted(
  scope: TenantScope,
  projectId: string,
  executions: readonly CountedExecution[],
): Promise<void> {
  await scope.statement(projectId, {
    text: `INSERT INTO executions (project_id, execution_id, prompt_id, version_id, prompt_mode, model_id, environment, key_id,
        owner_team, execution_mode, status, timeout_ms, created_at, latency_ms, cost_pico_usd, prompt_tokens, cached_prompt_tokens,
        response_tokens, reasoning_tokens)
      SELECT $1, execution_id, prompt_id, version_id, prompt_mode, model_id, environment, key_id, owner_team, 'sync', status, 1000,
        to_timestamp(created_at_ms / 1000), latency_ms, cost_pico_usd, prompt_tokens, cached_prompt_tokens, response_tokens,
        reasoning_tokens
      FROM ${ROWS}`,
    values: [projectId, JSON.stringify(executions)],
  });
}

/**
 * As the application, in one statement: what was inserted as `queued` or `running` gets its status and all that is known
 * at the end. The model is the one that answered, so it may be another by then.
 */
export async function endCounted(
  scope: TenantScope,
  projectId: string,
  executions: readonly CountedExecution[],
): Promise<void> {
  await scope.statement(projectId, {
    text: `UPDATE executions e SET status = made.status, model_id = made.model_id, latency_ms = made.latency_ms,
        cost_pico_usd = made.cost_pico_usd, prompt_tokens = made.prompt_tokens, cached_prompt_tokens = made.cached_prompt_tokens,
        response_tokens = made.response_tokens, reasoning_tokens = made.reasoning_tokens
      FROM ${ROWS} WHERE e.project_id = $1 AND e.execution_id = made.execution_id`,
    values: [projectId, JSON.stringify(executions)],
  });
}
