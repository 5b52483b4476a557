import { secureTable } from '../../ledger/create-prompt-ledger/security.js';

/**
 * A rollout keeps its request in `definition`, which never changes, so that every look can be recomputed. `phase` is the current step, from
 * 1, and 0 before the start; an ended rollout keeps its last one. `fence` grows with each transition. A decision passes the fence that it
 * read, so the second of two concurrent decisions fails.
 *
 * The unique index lets one rollout of a prompt and environment run or be paused. The other index serves lookups of running rollouts.
 */
const ROLLOUTS = `
CREATE TABLE rollouts (
  project_id uuid NOT NULL REFERENCES projects,
  rollout_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text NOT NULL,
  status text NOT NULL DEFAULT 'draft'
    CHECK (status IN ('draft', 'running', 'paused', 'completed', 'rolled_back', 'stopped')),
  prompt_id uuid NOT NULL,
  environment text NOT NULL,
  control_version_id uuid NOT NULL,
  control_checksum text NOT NULL,
  candidate_version_id uuid NOT NULL,
  candidate_checksum text NOT NULL,
  definition json NOT NULL,
  phase integer NOT NULL DEFAULT 0 CHECK (phase >= 0),
  fence integer NOT NULL DEFAULT 0,
  change_id uuid,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz,
  status_at timestamptz NOT NULL DEFAULT now(),
  status_by text NOT NULL,
  status_reason text,
  PRIMARY KEY (project_id, rollout_id),
  FOREIGN KEY (project_id, prompt_id, control_version_id) REFERENCES prompt_versions (project_id, prompt_id, version_id),
  FOREIGN KEY (project_id, prompt_id, candidate_version_id) REFERENCES prompt_versions (project_id, prompt_id, version_id)
);
CREATE UNIQUE INDEX rollouts_active ON rollouts (project_id, prompt_id, environment) WHERE status IN ('running', 'paused');
CREATE INDEX rollouts_running ON rollouts (rollout_id) WHERE status = 'running';
CREATE INDEX rollouts_by_prompt ON rollouts (project_id, prompt_id, rollout_id);

-- Each step that began. Units are counted anew in each.
CREATE TABLE rollout_phases (
  project_id uuid NOT NULL,
  rollout_id uuid NOT NULL,
  phase integer NOT NULL CHECK (phase >= 1),
  percent double precision NOT NULL CHECK (percent > 0 AND percent <= 50),
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (project_id, rollout_id, phase),
  FOREIGN KEY (project_id, rollout_id) REFERENCES rollouts
);
`;

/** The application's rights to each table, children before parents. What was requested never changes. */
const RIGHTS = {
  rollout_phases: 'SELECT, INSERT, UPDATE (ended_at)',
  rollouts:
    'SELECT, INSERT, UPDATE (status, phase, fence, change_id, started_at, ended_at, status_at, status_by, status_reason)',
} as const;

export const ROLLOUT_TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

export const CREATE_ROLLOUTS = [
  ROLLOUTS,
  ...ROLLOUT_TABLES.map((table) => secureTable(table, RIGHTS[table])),
].join('\n');

export const DROP_ROLLOUTS = ROLLOUT_TABLES.map((table) => `DROP TABLE ${table};`).join('\n');

/**
 * An execution's part in a rollout, as `{"rollout_id", "arm", "phase", "unit", "bucket"}`: `unit` is the HMAC of the key in hexadecimal,
 * and null where the request had none. Executions outside rollouts are not in the index, which finds the others by when they ended.
 */
export const ADD_ARMS = `
ALTER TABLE executions_in_flight ADD COLUMN rollout jsonb;
ALTER TABLE executions ADD COLUMN rollout jsonb;
CREATE INDEX executions_by_arm ON executions (project_id, completed_at, execution_id) WHERE rollout IS NOT NULL;
`;

export const DROP_ARMS = `
DROP INDEX executions_by_arm;
ALTER TABLE executions DROP COLUMN rollout;
ALTER TABLE executions_in_flight DROP COLUMN rollout;
`;
