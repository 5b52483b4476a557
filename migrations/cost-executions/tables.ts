const PROJECTS_IN_SCOPE = `project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[])`;

const ERROR_TYPES = `'timeout', 'rate_limited', 'provider_error', 'provider_rejected', 'connection', 'outcome_unknown', 'internal'`;

/**
 * A bare call has no prompt: it came with its messages. Money is whole pico-dollars, null where nobody knows. `targets` are
 * the models that an execution may be sent to, in their order; null where there is only the one of `model_id`, which is
 * the model that was called last. The defaults are for processes of the version before, which insert without these columns
 * while a fleet is being replaced.
 */
const EXECUTIONS = `
ALTER TABLE executions
  ALTER COLUMN prompt_id DROP NOT NULL,
  ALTER COLUMN version_id DROP NOT NULL,
  ALTER COLUMN prompt_mode DROP NOT NULL,
  ALTER COLUMN resolved_by DROP NOT NULL,
  ADD COLUMN owner_team text,
  ADD COLUMN route_name text,
  ADD COLUMN targets json,
  ADD COLUMN on_budget text CONSTRAINT executions_on_budget_check CHECK (on_budget IN ('refuse', 'clamp')),
  ADD COLUMN streamed boolean NOT NULL DEFAULT false,
  ADD COLUMN first_token_ms integer,
  ADD COLUMN cached_prompt_tokens integer,
  ADD COLUMN reasoning_tokens integer,
  ADD COLUMN cost_pico_usd bigint,
  ADD COLUMN price_id uuid,
  ADD COLUMN cache_hit boolean NOT NULL DEFAULT false,
  ADD COLUMN cached_from uuid,
  ADD CONSTRAINT executions_bare_check CHECK ((prompt_id IS NULL) = (version_id IS NULL) AND (prompt_id IS NULL) = (prompt_mode IS NULL)),
  DROP CONSTRAINT executions_error_type_check,
  ADD CONSTRAINT executions_error_type_check CHECK (error_type IN (${ERROR_TYPES}, 'client_closed', 'budget_exceeded'));

ALTER TABLE execution_inputs ADD COLUMN extras json;
ALTER TABLE execution_outputs ADD COLUMN tool_calls json;
ALTER TABLE execution_attempts
  ADD COLUMN model_id uuid,
  ADD COLUMN price_id uuid,
  ADD COLUMN prompt_tokens integer,
  ADD COLUMN response_tokens integer,
  ADD COLUMN first_token_ms integer;
`;

/**
 * Which execution's answer may stand for an equal request. It is claimed before that execution begins, so that whoever
 * comes meanwhile waits for it instead of calling too.
 */
const CACHE = `
CREATE TABLE response_cache (
  project_id uuid NOT NULL REFERENCES projects,
  cache_key bytea NOT NULL,
  execution_id uuid NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (project_id, cache_key)
);
CREATE INDEX response_cache_expiry ON response_cache (expires_at);
ALTER TABLE response_cache ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON response_cache TO prompt_ledger_app USING (${PROJECTS_IN_SCOPE}) WITH CHECK (${PROJECTS_IN_SCOPE});
CREATE POLICY system ON response_cache TO CURRENT_USER USING (current_setting('app.system', true) = 'on') WITH CHECK (current_setting('app.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE, DELETE ON response_cache TO prompt_ledger_app;
`;

/** Tables that this migration makes. */
export const TABLES = ['response_cache'] as const;

export const ADD_TABLES = [EXECUTIONS, CACHE].join('\n');

/**
 * The version before has no word for a call without a prompt, nor for how some ended: the first are lost to it with their
 * texts, the second are told as what comes nearest.
 */
export const DROP_TABLES = `
DROP TABLE response_cache;
SELECT set_config('app.system', 'on', true);
DELETE FROM execution_attempts a USING executions e
  WHERE e.project_id = a.project_id AND e.execution_id = a.execution_id AND e.prompt_id IS NULL;
DELETE FROM execution_outputs o USING executions e
  WHERE e.project_id = o.project_id AND e.execution_id = o.execution_id AND e.prompt_id IS NULL;
DELETE FROM execution_inputs i USING executions e
  WHERE e.project_id = i.project_id AND e.execution_id = i.execution_id AND e.prompt_id IS NULL;
DELETE FROM executions WHERE prompt_id IS NULL;
UPDATE executions SET error_type = CASE error_type WHEN 'client_closed' THEN 'outcome_unknown' ELSE 'internal' END
  WHERE error_type IN ('client_closed', 'budget_exceeded');
ALTER TABLE execution_attempts
  DROP COLUMN first_token_ms, DROP COLUMN response_tokens, DROP COLUMN prompt_tokens, DROP COLUMN price_id, DROP COLUMN model_id;
ALTER TABLE execution_outputs DROP COLUMN tool_calls;
ALTER TABLE execution_inputs DROP COLUMN extras;
ALTER TABLE executions
  DROP CONSTRAINT executions_error_type_check,
  ADD CONSTRAINT executions_error_type_check CHECK (error_type IN (${ERROR_TYPES})),
  DROP CONSTRAINT executions_bare_check,
  DROP COLUMN cached_from, DROP COLUMN cache_hit, DROP COLUMN price_id, DROP COLUMN cost_pico_usd, DROP COLUMN reasoning_tokens,
  DROP COLUMN cached_prompt_tokens, DROP COLUMN first_token_ms, DROP COLUMN streamed, DROP COLUMN on_budget, DROP COLUMN targets,
  DROP COLUMN route_name, DROP COLUMN owner_team,
  ALTER COLUMN resolved_by SET NOT NULL,
  ALTER COLUMN prompt_mode SET NOT NULL,
  ALTER COLUMN version_id SET NOT NULL,
  ALTER COLUMN prompt_id SET NOT NULL;
`;
