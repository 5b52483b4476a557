import type { Client } from 'pg';
import { type ExecutionParents, insertExecution } from './execution-rows.js';

/** Ids of rows that belong together, written as the owner. */
export interface LedgerRows extends ExecutionParents {
  readonly executionId: string;
}

const COUNTED = `prompt_id, prompt_mode, version_id, model_id, environment, status, executions, latency_count, latency_sum_ms,
  prompt_tokens_count, prompt_tokens_sum, response_tokens_count, response_tokens_sum, key_id, owner_team, cached_prompt_tokens_count,
  cached_prompt_tokens_sum, reasoning_tokens_count, reasoning_tokens_sum, cost_count, cost_sum_pico_usd`;

/** Inserts one row into every table of the project. */
export async function insertOneOfEach(owner: Client, projectId: string): Promise<LedgerRows> {
  const one = async (text: string, values: unknown[]): Promise<string> => {
    const { rows } = await owner.query<{ id: string }>(text, [projectId, ...values]);
    return (rows[0] as { id: string }).id;
  };
  const promptId = await one(
    `INSERT INTO prompts (project_id, name, mode, kind) VALUES ($1, $2, 'full', 'text') RETURNING prompt_id AS id`,
    ['greeting'],
  );
  const versionId = await one(
    `INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
     VALUES ($1, $2, 1, 'Hello', repeat('a', 64), 'liquid-1', '{}') RETURNING version_id AS id`,
    [promptId],
  );
  const modelId = await one(
    `INSERT INTO models (project_id, provider, model_name) VALUES ($1, 'echo', $2) RETURNING model_id AS id`,
    ['echo'],
  );
  const executionId = await insertExecution(owner, projectId, { promptId, versionId, modelId });
  const counted = `'${promptId}'::uuid, 'full', '${versionId}'::uuid, '${modelId}'::uuid, 'dev', 'succeeded', 1, 1, 5, 0, 0, 0, 0,
    '00000000-0000-0000-0000-000000000000'::uuid, '', 0, 0, 0, 0, 0, 0`;
  const rest = [
    `WITH user_row AS (INSERT INTO users (kind, name) VALUES ('person', 'Ada') RETURNING user_id), member AS (
       INSERT INTO members (project_id, user_id, role, added_by) SELECT $1, user_id, 'editor', 'admin' FROM user_row RETURNING user_id), team AS (
       INSERT INTO teams (project_id, name, role) VALUES ($1, 'a', 'editor') RETURNING name)
     INSERT INTO team_members (project_id, team, user_id) SELECT $1, name, user_id FROM team, member`,
    `WITH change AS (INSERT INTO changes (project_id, prompt_id, environment, to_version_id, checksum_hash, reason, opened_by, opened_by_name,
         required_approvals, policy_revision, expires_at)
       VALUES ($1, '${promptId}', 'canary', '${versionId}', repeat('a', 64), 'r', 'instance', 'admin', 1, 1, now()) RETURNING change_id), review AS (
       INSERT INTO change_reviews (project_id, change_id, reviewer, reviewer_name, verdict) SELECT $1, change_id, 'instance', 'admin', 'approved' FROM change)
     INSERT INTO approved_versions (project_id, prompt_id, environment, version_id, change_id) SELECT $1, '${promptId}', 'canary', '${versionId}', change_id FROM change`,
    `INSERT INTO project_secrets (project_id, provider, origin, sealed_key, wrapped_key, wrapped_by, fingerprint) VALUES ($1, 'openai', 'o', '\\x00', '\\x00', 'w', 'f')`,
    `WITH snippet AS (INSERT INTO snippets (project_id, name) VALUES ($1, 'tone') RETURNING snippet_id), version AS (
       INSERT INTO snippet_versions (project_id, snippet_id, version_number, template_source, checksum_hash, renderer, variables)
       SELECT $1, snippet_id, 1, 'Hello', repeat('a', 64), 'liquid-1', '{}' FROM snippet RETURNING version_id)
     INSERT INTO snippet_pins (project_id, snippet_version_id, used_by_version_id, by_snippet, is_direct)
     SELECT $1, version_id, '${versionId}', false, true FROM version`,
    `INSERT INTO api_keys (project_id, name, secret_hmac, scopes) VALUES ($1, 'key', '\\x00', '{}')`,
    `INSERT INTO prompt_pointers (project_id, prompt_id, version_id, registry_revision) VALUES ($1, '${promptId}', '${versionId}', 1)`,
    `INSERT INTO pointer_moves (project_id, prompt_id, environment, to_version_id, registry_revision) VALUES ($1, '${promptId}', 'default', '${versionId}', 1)`,
    `INSERT INTO execution_outputs (project_id, execution_id, attempt, response_text, response_bytes, response_sha256) VALUES ($1, '${executionId}', 1, 'Hello', 5, '')`,
    `INSERT INTO execution_metadata (project_id, execution_id, key, value) VALUES ($1, '${executionId}', 'k', 'v')`,
    // An execution that is over, with only an attempt.
    `WITH over AS (INSERT INTO executions (project_id, model_id, environment, execution_mode, status) VALUES ($1, '${modelId}', 'dev', 'sync', 'failed') RETURNING project_id, execution_id)
     INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, started_at)
     SELECT project_id, execution_id, 1, 1, 'failed', 'echo', 'echo', now() FROM over`,
    `INSERT INTO idempotency_keys (project_id, route, key, fingerprint, expires_at) VALUES ($1, 'run', 'k', '\\x00', now())`,
    `WITH event AS (INSERT INTO outbox (project_id, kind, subject, body) VALUES ($1, 'k', 's', '{}') RETURNING project_id, event_id)
     INSERT INTO webhook_deliveries (project_id, event_id, attempt, outcome, started_at, duration_ms)
     SELECT project_id, event_id, 1, 'succeeded', now(), 1 FROM event`,
    `INSERT INTO webhook_secrets (project_id, salt) VALUES ($1, decode(repeat('00', 16), 'hex'))`,
    `INSERT INTO batches (project_id, prompt_id, version_id, model_id, environment, size) VALUES ($1, '${promptId}', '${versionId}', '${modelId}', 'dev', 1)`,
    `INSERT INTO execution_deltas (project_id, hour, ${COUNTED}) SELECT $1, date_trunc('hour', now()), ${counted}`,
    `INSERT INTO execution_rollups (project_id, grain, period, ${COUNTED}) SELECT $1, 'all', '-infinity', ${counted}`,
    `INSERT INTO model_prices (project_id, provider, model_name, input_micros_per_mtok, output_micros_per_mtok, valid_from) VALUES ($1, 'echo', 'echo', 1, 2, now())`,
    `INSERT INTO model_routes (project_id, name, strategy, targets) VALUES ($1, 'r', 'order', '[{"provider": "echo", "model_name": "echo", "weight": null}]')`,
    `WITH budget AS (INSERT INTO budgets (project_id, name, scope_kind, period, limit_pico_usd, mode) VALUES ($1, 'b', 'project', 'total', 1, 'soft') RETURNING project_id, budget_id)
     INSERT INTO budget_periods (project_id, budget_id, period_start) SELECT project_id, budget_id, 'epoch' FROM budget`,
    `INSERT INTO budget_holds (project_id, execution_id, attempt, budget_id, period_start, held_pico_usd, expires_at)
     SELECT project_id, '${executionId}', 1, budget_id, 'epoch', 1, now() FROM budgets WHERE project_id = $1`,
    `INSERT INTO response_cache (project_id, cache_key, execution_id, expires_at) VALUES ($1, '\\x00', '${executionId}', now())`,
    `WITH dataset AS (INSERT INTO datasets (project_id, name, revision, version) VALUES ($1, 'd', 1, 'v') RETURNING dataset_id), version AS (
       INSERT INTO dataset_versions (project_id, dataset_id, version, revision, item_count, first_position, created_by)
       SELECT $1, dataset_id, 'v', 1, 1, 1, 'admin' FROM dataset), content AS (
       INSERT INTO dataset_contents (project_id, dataset_id, item_hash, content, size_bytes)
       SELECT $1, dataset_id, '\\x00', '{"variables":{}}', 16 FROM dataset), item AS (
       INSERT INTO dataset_items (project_id, dataset_id, position, item_hash, added_in) SELECT $1, dataset_id, 1, '\\x00', 1 FROM dataset), upload AS (
       INSERT INTO dataset_uploads (project_id, dataset_id, upload_id) SELECT $1, dataset_id, dataset_id FROM dataset)
     INSERT INTO dataset_upload_items (project_id, dataset_id, upload_id, part, ordinal, item_hash) SELECT $1, dataset_id, dataset_id, 1, 0, '\\x00' FROM dataset`,
    `WITH scorer AS (INSERT INTO scorers (project_id, name, kind) VALUES ($1, 's', 'human') RETURNING scorer_id), version AS (
       INSERT INTO scorer_versions (project_id, scorer_id, version_number, definition, checksum_hash, created_by)
       SELECT $1, scorer_id, 1, '{}', repeat('a', 64), 'admin' FROM scorer RETURNING scorer_id, scorer_version_id), latest AS (
       INSERT INTO score_sequences (project_id, latest) VALUES ($1, 1) RETURNING latest)
     INSERT INTO scores (project_id, sequence, execution_id, scorer_id, scorer_version_id, source, value, passed, created_by)
     SELECT $1, latest, '${executionId}', scorer_id, scorer_version_id, 'api', 1, true, 'admin' FROM version, latest`,
    `WITH latest AS (INSERT INTO outcome_sequences (project_id, latest) VALUES ($1, 1) RETURNING latest)
     INSERT INTO outcomes (project_id, sequence, execution_id, metric, value, is_boolean, created_by)
     SELECT $1, latest, '${executionId}', 'resolved', 1, true, 'admin' FROM latest`,
    `INSERT INTO content_expiry (project_id, environment, erased_below) VALUES ($1, 'dev', '${executionId}')`,
    `WITH experiment AS (INSERT INTO experiments (project_id, name, dataset_id, dataset_name, dataset_version, item_count, cell_count, plan, caller, created_by)
         SELECT $1, 'e', dataset_id, 'd', 'v', 1, 1, '{}', '{}', 'admin' FROM datasets WHERE project_id = $1 RETURNING experiment_id), item AS (
       INSERT INTO experiment_items (project_id, experiment_id, item, position, item_hash) SELECT $1, experiment_id, 0, 1, '\\x00' FROM experiment), cell AS (
       INSERT INTO experiment_cells (project_id, experiment_id, item, candidate, repetition) SELECT $1, experiment_id, 0, 0, 0 FROM experiment)
     INSERT INTO experiment_scores (project_id, experiment_id, item, candidate, repetition, scorer, value, passed)
     SELECT $1, experiment_id, 0, 0, 0, 0, 1, true FROM experiment`,
    `WITH rollout AS (INSERT INTO rollouts (project_id, name, prompt_id, environment, control_version_id, control_checksum, candidate_version_id,
         candidate_checksum, definition, created_by, status_by)
       VALUES ($1, 'r', '${promptId}', 'dev', '${versionId}', 'c', '${versionId}', 'd', '{}', 'admin', 'admin') RETURNING rollout_id)
     INSERT INTO rollout_phases (project_id, rollout_id, phase, percent, started_at) SELECT $1, rollout_id, 1, 10, now() FROM rollout`,
    `WITH rollout AS (SELECT rollout_id FROM rollouts WHERE project_id = $1), cursor AS (
       INSERT INTO rollout_cursors (project_id, rollout_id, executions_until) SELECT $1, rollout_id, now() FROM rollout), look AS (
       INSERT INTO rollout_looks (project_id, rollout_id, look, phase, last_sequence, decision, looked_at, figures)
       SELECT $1, rollout_id, 1, 1, 0, 'continue', now(), '{}' FROM rollout)
     INSERT INTO rollout_events (project_id, rollout_id, sequence, kind, execution_id, phase, arm, unit, status)
     SELECT $1, rollout_id, 1, 'exposure', '${executionId}', 1, 'control', 'u', 'succeeded' FROM rollout`,
    `INSERT INTO suggestion_states (project_id, prompt_id, version_id, suggestion_id, kind) VALUES ($1, '${promptId}', '${versionId}', '1-a', 'size')`,
    `INSERT INTO judgements (project_id, execution_id, scored_execution_id) VALUES ($1, gen_random_uuid(), '${executionId}')`,
    `INSERT INTO audit_log (project_id, actor, action, subject) VALUES ($1, 'admin', 'a', 's')`,
  ];
  for (const text of rest) await owner.query(text, [projectId]);
  return { promptId, versionId, modelId, executionId };
}
