/**
 * A label that nobody has described has no row and no rules. `revision` counts the changes of the rules, and an approval holds only for
 * the revision under which it was given.
 */
const ENVIRONMENTS = `
CREATE TABLE environments (
  project_id uuid NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  protected boolean NOT NULL DEFAULT false,
  required_approvals integer NOT NULL DEFAULT 1 CHECK (required_approvals BETWEEN 1 AND 10),
  approval_teams text[] NOT NULL DEFAULT '{}',
  evidence json,
  change_ttl_h integer NOT NULL DEFAULT 72 CHECK (change_ttl_h BETWEEN 1 AND 8760),
  revision bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, name)
);
INSERT INTO environments (project_id, name) SELECT p.project_id, e.name FROM projects p, unnest(ARRAY['dev', 'staging', 'prod']) AS e(name);
`;

/**
 * Versions that may run in a protected environment again without another approval: those that a change brought there, and those
 * that ran there when the protection began. `change_id` is null for the latter.
 */
const APPROVED_VERSIONS = `
CREATE TABLE approved_versions (
  project_id uuid NOT NULL,
  prompt_id uuid NOT NULL,
  environment text NOT NULL,
  version_id uuid NOT NULL,
  change_id uuid,
  approved_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, prompt_id, environment, version_id),
  FOREIGN KEY (project_id, prompt_id, version_id) REFERENCES prompt_versions (project_id, prompt_id, version_id)
);
`;

const MOVES = `
ALTER TABLE pointer_moves
  ADD COLUMN change_id uuid,
  ADD COLUMN emergency boolean NOT NULL DEFAULT false;
CREATE INDEX pointer_moves_prompt ON pointer_moves (project_id, prompt_id, move_id);
`;

/** `pointer` is the active version, which is that of the environment `default`. */
const resolvedBy = (words: string) => `
ALTER TABLE executions_in_flight DROP CONSTRAINT executions_in_flight_resolved_by_check;
ALTER TABLE executions_in_flight ADD CONSTRAINT executions_in_flight_resolved_by_check CHECK (resolved_by IN (${words}));
`;

export const CREATE_ENVIRONMENTS = [
  ENVIRONMENTS,
  APPROVED_VERSIONS,
  MOVES,
  resolvedBy(`'pointer', 'version_number', 'template_hash', 'environment'`),
].join('\n');

export const DROP_ENVIRONMENTS = `
UPDATE executions_in_flight SET resolved_by = 'pointer' WHERE resolved_by = 'environment';
${resolvedBy(`'pointer', 'version_number', 'template_hash'`)}
DROP INDEX pointer_moves_prompt;
ALTER TABLE pointer_moves DROP COLUMN emergency, DROP COLUMN change_id;
DROP TABLE approved_versions;
DROP TABLE environments;
`;
