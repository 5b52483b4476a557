import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secureTable } from '../ledger/create-prompt-ledger/security.js';

/**
 * Outcomes of executions in the world outside, such as whether a ticket was resolved. The first value of a metric counts, so there is one
 * row for each execution and metric. `execution_id` has no foreign key, because executions are dropped by the week and their outcomes stay.
 *
 * `outcome_sequences` hands out the numbers. A transaction that takes one holds the row until it commits, so numbers follow commit order: a
 * reader that has seen one has seen all lower ones.
 */
const CREATE_TABLES = `
CREATE TABLE outcomes (
  project_id uuid NOT NULL,
  outcome_id uuid NOT NULL DEFAULT ledger_uuid7(),
  sequence bigint NOT NULL,
  execution_id uuid NOT NULL,
  metric text COLLATE "C" NOT NULL,
  value double precision NOT NULL,
  is_boolean boolean NOT NULL,
  created_by text NOT NULL,
  user_id uuid,
  key_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, outcome_id),
  FOREIGN KEY (project_id) REFERENCES projects,
  CONSTRAINT outcomes_first UNIQUE (project_id, execution_id, metric),
  CONSTRAINT outcomes_sequence UNIQUE (project_id, sequence),
  CONSTRAINT outcomes_boolean_check CHECK (NOT is_boolean OR value IN (0, 1))
);
CREATE INDEX outcomes_of_metric ON outcomes (project_id, metric, sequence);

CREATE TABLE outcome_sequences (
  project_id uuid NOT NULL REFERENCES projects,
  latest bigint NOT NULL,
  PRIMARY KEY (project_id)
);
`;

/** The application's rights to each table. Outcomes are only added to. */
const RIGHTS = { outcome_sequences: 'SELECT, INSERT, UPDATE', outcomes: 'SELECT, INSERT' } as const;

export const OUTCOME_TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

export class RecordOutcomes1797050000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_TABLES);
    await runner.query(OUTCOME_TABLES.map((table) => secureTable(table, RIGHTS[table])).join('\n'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(OUTCOME_TABLES.map((table) => `DROP TABLE ${table};`).join('\n'));
  }
}
