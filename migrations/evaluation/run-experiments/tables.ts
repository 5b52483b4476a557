import { secureTable } from '../../ledger/create-prompt-ledger/security.js';

/**
 * An experiment keeps in `plan` what its request pinned: candidates, scorers and repetitions. Its items are opened one after another, in
 * the order of the dataset's version, and each gets all its cells at once. So a request writes one row however many cells it asks for, and
 * the process that resumes after a crash finds what was begun.
 *
 * One process at a time drives an experiment: it holds the lease, and passes the fence with every write. The executions count against the
 * limits of `caller`.
 */
const EXPERIMENTS = `
CREATE TABLE experiments (
  project_id uuid NOT NULL REFERENCES projects,
  experiment_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text NOT NULL,
  status text NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'running', 'completed', 'failed', 'canceled', 'stopped_by_budget')),
  dataset_id uuid NOT NULL,
  dataset_name text NOT NULL,
  dataset_version text NOT NULL,
  item_count integer NOT NULL CHECK (item_count >= 0),
  cell_count integer NOT NULL CHECK (cell_count >= 0),
  plan json NOT NULL,
  expected_cost_pico_usd numeric,
  max_cost_pico_usd numeric,
  caller json NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  error_code text,
  error_message text,
  next_item integer NOT NULL DEFAULT 0,
  after_position bigint,
  lease_until timestamptz,
  fence integer NOT NULL DEFAULT 0,
  PRIMARY KEY (project_id, experiment_id),
  FOREIGN KEY (project_id, dataset_id) REFERENCES datasets
);
-- What is to be driven, by whoever has room.
CREATE INDEX experiments_unfinished ON experiments (experiment_id) WHERE status IN ('queued', 'running');

CREATE TABLE experiment_items (
  project_id uuid NOT NULL,
  experiment_id uuid NOT NULL,
  item integer NOT NULL CHECK (item >= 0),
  position bigint NOT NULL,
  item_hash bytea NOT NULL,
  external_id text,
  PRIMARY KEY (project_id, experiment_id, item),
  FOREIGN KEY (project_id, experiment_id) REFERENCES experiments
);

CREATE TABLE experiment_cells (
  project_id uuid NOT NULL,
  experiment_id uuid NOT NULL,
  item integer NOT NULL,
  candidate smallint NOT NULL,
  repetition smallint NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'succeeded', 'failed', 'canceled')),
  execution_id uuid,
  error_code text,
  error_message text,
  latency_ms integer,
  cost_pico_usd numeric,
  completed_at timestamptz,
  PRIMARY KEY (project_id, experiment_id, item, candidate, repetition),
  FOREIGN KEY (project_id, experiment_id, item) REFERENCES experiment_items
);
CREATE INDEX experiment_cells_open ON experiment_cells (project_id, experiment_id, item) WHERE status = 'open';

-- What a scorer of the experiment made of a cell: a score, which stands in scores with its explanation, or why there is none.
CREATE TABLE experiment_scores (
  project_id uuid NOT NULL,
  experiment_id uuid NOT NULL,
  item integer NOT NULL,
  candidate smallint NOT NULL,
  repetition smallint NOT NULL,
  scorer smallint NOT NULL,
  value double precision,
  passed boolean,
  label text,
  judge_execution_id uuid,
  error_code text,
  error_message text,
  PRIMARY KEY (project_id, experiment_id, item, candidate, repetition, scorer),
  FOREIGN KEY (project_id, experiment_id, item, candidate, repetition) REFERENCES experiment_cells,
  CONSTRAINT experiment_scores_outcome CHECK ((error_code IS NULL) = (value IS NOT NULL AND passed IS NOT NULL))
);
`;

/** The application's rights to each table, children before parents. What was pinned and what was scored never changes. */
const RIGHTS = {
  experiment_scores: 'SELECT, INSERT',
  experiment_cells:
    'SELECT, INSERT, UPDATE (status, execution_id, error_code, error_message, latency_ms, cost_pico_usd, completed_at)',
  experiment_items: 'SELECT, INSERT',
  experiments:
    'SELECT, INSERT, UPDATE (status, started_at, completed_at, error_code, error_message, next_item, after_position, lease_until, fence)',
} as const;

export const EXPERIMENT_TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

export const CREATE_EXPERIMENTS = [
  EXPERIMENTS,
  ...EXPERIMENT_TABLES.map((table) => secureTable(table, RIGHTS[table])),
].join('\n');

export const DROP_EXPERIMENTS = EXPERIMENT_TABLES.map((table) => `DROP TABLE ${table};`).join('\n');
