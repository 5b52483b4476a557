import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secureTable } from '../ledger/create-prompt-ledger/security.js';

/**
 * People's decisions about suggestions. Suggestions are computed each time from the version and its executions, and only their ids are
 * stored here. So nothing of content that is later erased or masked is left over.
 */
const CREATE_TABLE = `
CREATE TABLE suggestion_states (
  project_id uuid NOT NULL,
  prompt_id uuid NOT NULL,
  suggestion_id text NOT NULL,
  version_id uuid NOT NULL,
  kind text NOT NULL,
  dismissed_at timestamptz,
  dismissed_by text,
  reason text,
  applied_at timestamptz,
  applied_by text,
  applied_version_id uuid,
  PRIMARY KEY (project_id, prompt_id, suggestion_id),
  CONSTRAINT suggestion_states_version_fkey FOREIGN KEY (project_id, prompt_id, version_id)
    REFERENCES prompt_versions (project_id, prompt_id, version_id),
  CONSTRAINT suggestion_states_applied_fkey FOREIGN KEY (project_id, prompt_id, applied_version_id)
    REFERENCES prompt_versions (project_id, prompt_id, version_id)
);
`;

export class KeepSuggestionStates1797100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_TABLE);
    const columns = 'dismissed_at, dismissed_by, reason, applied_at, applied_by, applied_version_id';
    await runner.query(secureTable('suggestion_states', `SELECT, INSERT, UPDATE (${columns})`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE suggestion_states');
  }
}
