import { COUNTED_COLUMNS, countEnded } from '../../../migrations/ledger/create-prompt-ledger/counts.js';
import type { TenantScope } from '../../../src/infra/database/index.js';

/** The columns of an execution that counts read. */
export interface CountedExecution {
  readonly execution_id: string;
  readonly created_at_ms: number;
  readonly status: string;
  /** Null for a call without a prompt, as are its version and its mode. */
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

/** The columns that are known when an execution begins, and those that are known only at its end. */
const ASKED = 'execution_id, prompt_id, version_id, prompt_mode, environment, key_id, owner_team';
const TOLD = `status, model_id, latency_ms, cost_pico_usd, prompt_tokens, cached_prompt_tokens, response_tokens, reasoning_tokens`;

/** Inserts as the application does, in one statement, which counts what is over. The rest is in flight. */
export async function insertCounted(
  scope: TenantScope,
  projectId: string,
  executions: readonly CountedExecution[],
): Promise<void> {
  await scope.statement(projectId, {
    text: `WITH made AS MATERIALIZED (
        SELECT *, to_timestamp(created_at_ms / 1000) AS created_at FROM ${ROWS}
      ), flight AS (
        INSERT INTO executions_in_flight (project_id, ${ASKED}, status, model_id, created_at, execution_mode, timeout_ms)
        SELECT $1, ${ASKED}, status, model_id, created_at, 'sync', 1000 FROM made WHERE status IN ('queued', 'running')
      ), over AS (
        INSERT INTO executions (project_id, ${ASKED}, ${TOLD}, created_at, execution_mode, timeout_ms)
        SELECT $1, ${ASKED}, ${TOLD}, created_at, 'sync', 1000 FROM made WHERE status NOT IN ('queued', 'running')
        RETURNING ${COUNTED_COLUMNS}
      )
      ${countEnded('over')}`,
    values: [projectId, JSON.stringify(executions)],
  });
}

/**
 * Ends as the application does, in one statement: a `queued` or `running` execution gets its status and all that is known
 * at the end. The model is the one that answered, so it may differ from the one that was inserted.
 */
export async function endCounted(
  scope: TenantScope,
  projectId: string,
  executions: readonly CountedExecution[],
): Promise<void> {
  await scope.statement(projectId, {
    text: `WITH made AS MATERIALIZED (
        SELECT * FROM ${ROWS} WHERE status NOT IN ('queued', 'running')
      ), gone AS (
        DELETE FROM executions_in_flight f USING made m
        WHERE f.project_id = $1 AND f.execution_id = m.execution_id RETURNING f.execution_id, f.created_at
      ), over AS (
        INSERT INTO executions (project_id, ${ASKED}, ${TOLD}, created_at, execution_mode, timeout_ms)
        SELECT $1, ${ASKED}, ${TOLD}, g.created_at, 'sync', 1000 FROM made JOIN gone g USING (execution_id)
        RETURNING ${COUNTED_COLUMNS}
      )
      ${countEnded('over')}`,
    values: [projectId, JSON.stringify(executions)],
  });
}
