import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An exposure is looked up by its execution's id alone, which is unique among all projects, so the index has no other column. PostgreSQL
 * knows from the index that one row matches, whatever the statistics say. It does not know that of an index which begins with the
 * project, because row-level security compares the project with a list: on a table that was not analyzed since a rollout began, it
 * read all events of the project for each execution, which took seconds for each look.
 */
const UP = `
DROP INDEX rollout_events_exposure;
CREATE UNIQUE INDEX rollout_events_exposure ON rollout_events (execution_id) WHERE kind = 'exposure';
`;

const DOWN = `
DROP INDEX rollout_events_exposure;
CREATE UNIQUE INDEX rollout_events_exposure ON rollout_events (project_id, execution_id) WHERE kind = 'exposure';
`;

/** Finds the exposure of an execution by one unique column. */
export class FindExposuresById1797694000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
