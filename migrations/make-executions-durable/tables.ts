const PROJECTS_IN_SCOPE = `project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[])`;

/**
 * An execution says itself how often it may be tried and whom to tell; a prompt says at which revision of its project
 * it was changed last, so that an execution that was prepared from a cache can be held to it in its own insert.
 */
const COLUMNS = `
ALTER TABLE executions
  ADD COLUMN max_attempts integer NOT NULL DEFAULT 4 CONSTRAINT executions_max_attempts_check CHECK (max_attempts > 0),
  ADD COLUMN lapses integer NOT NULL DEFAULT 0,
  ADD COLUMN callback_url text;
ALTER TABLE prompts ADD COLUMN registry_revision bigint NOT NULL DEFAULT 0;
ALTER TABLE idempotency_keys ADD COLUMN headers json;

CREATE INDEX prompts_revision ON prompts (project_id, registry_revision);
CREATE INDEX executions_due_in_project ON executions (project_id, due_at, execution_id) WHERE status = 'queued';
DROP INDEX executions_due;
`;

const BATCHES = `
CREATE TABLE batches (
  project_id uuid NOT NULL REFERENCES projects,
  batch_id uuid NOT NULL DEFAULT ledger_uuid7(),
  prompt_id uuid NOT NULL,
  version_id uuid NOT NULL,
  model_id uuid NOT NULL,
  environment text NOT NULL,
  size integer NOT NULL CHECK (size > 0),
  callback_url text,
  requested_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  canceled_at timestamptz,
  completed_at timestamptz,
  PRIMARY KEY (project_id, batch_id),
  FOREIGN KEY (project_id, version_id) REFERENCES prompt_versions
);
CREATE INDEX batches_open ON batches (created_at) WHERE completed_at IS NULL AND callback_url IS NOT NULL;
ALTER TABLE batches ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON batches TO prompt_ledger_app USING (${PROJECTS_IN_SCOPE}) WITH CHECK (${PROJECTS_IN_SCOPE});
CREATE POLICY system ON batches TO CURRENT_USER USING (current_setting('app.system', true) = 'on') WITH CHECK (current_setting('app.system', true) = 'on');
GRANT SELECT, INSERT, UPDATE ON batches TO prompt_ledger_app;
`;

export const ADD_TABLES = [COLUMNS, BATCHES].join('\n');

export const DROP_TABLES = `
DROP TABLE batches;
CREATE INDEX executions_due ON executions (due_at, execution_id) WHERE status = 'queued';
DROP INDEX executions_due_in_project;
DROP INDEX prompts_revision;
ALTER TABLE idempotency_keys DROP COLUMN headers;
ALTER TABLE prompts DROP COLUMN registry_revision;
ALTER TABLE executions DROP COLUMN callback_url, DROP COLUMN lapses, DROP COLUMN max_attempts;
`;
