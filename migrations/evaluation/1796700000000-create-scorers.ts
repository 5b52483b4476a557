import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secureTable } from '../ledger/create-prompt-ledger/security.js';

/**
 * A scorer is a name with a kind, and its definitions are immutable versions. A score names the version that made it. `execution_id` has no
 * foreign key, because executions are dropped by the week, and their scores remain evidence.
 *
 * A score is computed once: a process that restarts after a kill finds it. People and end users may score an execution more than once.
 *
 * `score_sequences` hands out the numbers of the scores of a project. A transaction that takes one holds the row until it commits, so
 * numbers follow commit order: a reader that has seen one has seen all lower ones.
 */
const CREATE_TABLES = `
CREATE TABLE scorers (
  project_id uuid NOT NULL REFERENCES projects,
  scorer_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text COLLATE "C" NOT NULL,
  kind text NOT NULL CHECK (kind IN ('check', 'code', 'judge', 'human')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (project_id, scorer_id)
);
CREATE UNIQUE INDEX scorers_live_name ON scorers (project_id, name) WHERE deleted_at IS NULL;
CREATE INDEX scorers_name ON scorers (project_id, name);

CREATE TABLE scorer_versions (
  project_id uuid NOT NULL,
  scorer_version_id uuid NOT NULL DEFAULT ledger_uuid7(),
  scorer_id uuid NOT NULL,
  version_number integer NOT NULL CHECK (version_number > 0),
  definition json NOT NULL,
  checksum_hash text NOT NULL CHECK (checksum_hash ~ '^[0-9a-f]{64}$'),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, scorer_version_id),
  FOREIGN KEY (project_id, scorer_id) REFERENCES scorers,
  CONSTRAINT scorer_versions_number UNIQUE (project_id, scorer_id, version_number),
  CONSTRAINT scorer_versions_checksum UNIQUE (project_id, scorer_id, checksum_hash),
  CONSTRAINT scorer_versions_of_scorer UNIQUE (project_id, scorer_id, scorer_version_id)
);

CREATE TABLE scores (
  project_id uuid NOT NULL,
  score_id uuid NOT NULL DEFAULT ledger_uuid7(),
  sequence bigint NOT NULL,
  execution_id uuid NOT NULL,
  scorer_id uuid NOT NULL,
  scorer_version_id uuid NOT NULL,
  source text NOT NULL CHECK (source IN ('check', 'code', 'judge', 'human', 'api')),
  value double precision NOT NULL,
  label text,
  passed boolean NOT NULL,
  explanation text,
  judge_execution_id uuid,
  created_by text NOT NULL,
  user_id uuid,
  key_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, score_id),
  FOREIGN KEY (project_id, scorer_id, scorer_version_id) REFERENCES scorer_versions (project_id, scorer_id, scorer_version_id),
  CONSTRAINT scores_sequence UNIQUE (project_id, sequence)
);
CREATE UNIQUE INDEX scores_computed ON scores (project_id, execution_id, scorer_version_id, source)
  WHERE source IN ('check', 'code', 'judge');
CREATE INDEX scores_of_execution ON scores (project_id, execution_id, sequence);
CREATE INDEX scores_of_scorer ON scores (project_id, scorer_id, sequence);

CREATE TABLE score_sequences (
  project_id uuid NOT NULL REFERENCES projects,
  latest bigint NOT NULL,
  PRIMARY KEY (project_id)
);
`;

/** The application's rights to each table, children before parents. Definitions and scores are only added to. */
const RIGHTS = {
  score_sequences: 'SELECT, INSERT, UPDATE',
  scores: 'SELECT, INSERT',
  scorer_versions: 'SELECT, INSERT',
  scorers: 'SELECT, INSERT, UPDATE (updated_at, deleted_at)',
} as const;

export const SCORER_TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

export class CreateScorers1796700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_TABLES);
    await runner.query(SCORER_TABLES.map((table) => secureTable(table, RIGHTS[table])).join('\n'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(SCORER_TABLES.map((table) => `DROP TABLE ${table};`).join('\n'));
  }
}
