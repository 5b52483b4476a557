import type { MigrationInterface, QueryRunner } from 'typeorm';
import { GUARD_BEGINNINGS, UNGUARD_BEGINNINGS } from './guard-environments/begin.js';
import { CREATE_LABEL_RULES, DROP_LABEL_RULES } from './guard-environments/label-rules.js';

/**
 * Revisions order the moves of a prompt exactly, which ids made within a millisecond do not. No query uses the index that
 * is replaced.
 */
const INDEX_MOVES = `
DROP INDEX pointer_moves_prompt;
CREATE INDEX pointer_moves_revision ON pointer_moves (project_id, prompt_id, registry_revision);
`;
const UNINDEX_MOVES = `
DROP INDEX pointer_moves_revision;
CREATE INDEX pointer_moves_prompt ON pointer_moves (project_id, prompt_id, move_id);
`;

/** Applies the current rules of environments to every execution that begins. */
export class GuardEnvironments1796200200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(INDEX_MOVES);
    await runner.query(GUARD_BEGINNINGS);
    await runner.query(CREATE_LABEL_RULES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_LABEL_RULES);
    await runner.query(UNGUARD_BEGINNINGS);
    await runner.query(UNINDEX_MOVES);
  }
}
