import type { MigrationInterface, QueryRunner } from 'typeorm';

const SEARCH_PATH = 'SET search_path = pg_catalog, public, pg_temp';

/**
 * Looks for rollouts once for each statement that moves pointers. A look for each pointer took a fifth of a registration of a thousand
 * prompts. The look starts from the project's few rollouts and not from the moved pointers.
 */
const UP = `
DROP TRIGGER prompt_pointers_rollouts ON prompt_pointers;
CREATE OR REPLACE FUNCTION ledger_stop_moved_rollouts() RETURNS trigger LANGUAGE plpgsql ${SEARCH_PATH}
AS $$
DECLARE
  moved record;
BEGIN
  FOR moved IN
    SELECT r.project_id, r.prompt_id, r.environment, n.moved_by FROM rollouts r
    CROSS JOIN LATERAL (SELECT n.version_id, n.moved_by FROM pointers_after n
      WHERE n.project_id = r.project_id AND n.prompt_id = r.prompt_id AND n.environment = r.environment OFFSET 0) AS n
    CROSS JOIN LATERAL (SELECT o.version_id FROM pointers_before o
      WHERE o.project_id = r.project_id AND o.prompt_id = r.prompt_id AND o.environment = r.environment OFFSET 0) AS o
    WHERE r.status IN ('running', 'paused') AND r.project_id = ANY (ARRAY(SELECT DISTINCT project_id FROM pointers_after))
      AND n.version_id IS DISTINCT FROM o.version_id
    ORDER BY r.rollout_id
  LOOP
    PERFORM ledger_stop_rollouts(moved.project_id, moved.prompt_id, moved.environment, false, coalesce(moved.moved_by, 'system'),
      'the pointer of the environment was moved');
  END LOOP;
  RETURN NULL;
END
$$;
CREATE TRIGGER prompt_pointers_rollouts AFTER UPDATE ON prompt_pointers
  REFERENCING OLD TABLE AS pointers_before NEW TABLE AS pointers_after
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_stop_moved_rollouts();
`;

const DOWN = `
DROP TRIGGER prompt_pointers_rollouts ON prompt_pointers;
CREATE OR REPLACE FUNCTION ledger_stop_moved_rollouts() RETURNS trigger LANGUAGE plpgsql ${SEARCH_PATH}
AS $$
BEGIN
  PERFORM ledger_stop_rollouts(NEW.project_id, NEW.prompt_id, NEW.environment, false, coalesce(NEW.moved_by, 'system'),
    'the pointer of the environment was moved');
  RETURN NULL;
END
$$;
CREATE TRIGGER prompt_pointers_rollouts AFTER UPDATE OF version_id ON prompt_pointers FOR EACH ROW
  WHEN (OLD.version_id IS DISTINCT FROM NEW.version_id) EXECUTE FUNCTION ledger_stop_moved_rollouts();
`;

/** Stops all rollouts whose pointers a statement moves, in one look. */
export class StopMovedRolloutsTogether1797680000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
