import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An exposure is stored with two index entries and no look-up of its rollout, which halves what it costs. One index repeated most of the
 * primary key. The foreign key locked the rollout once for each event; events are added only under the lock of the rollout's row in
 * `rollout_cursors`, and that row has the same foreign key.
 *
 * An execution has one rollout at most, so its exposure is found without it. With the rollout in the index, PostgreSQL read a table that
 * was not analyzed yet by rollout, because it assumed that a rollout is as selective as an execution's id.
 */
const UP = `
DROP INDEX rollout_events_of_phase, rollout_events_exposure;
CREATE UNIQUE INDEX rollout_events_exposure ON rollout_events (project_id, execution_id) WHERE kind = 'exposure';
ALTER TABLE rollout_events DROP CONSTRAINT rollout_events_project_id_rollout_id_fkey;
`;

const DOWN = `
ALTER TABLE rollout_events ADD FOREIGN KEY (project_id, rollout_id) REFERENCES rollouts;
DROP INDEX rollout_events_exposure;
CREATE UNIQUE INDEX rollout_events_exposure ON rollout_events (project_id, rollout_id, execution_id) WHERE kind = 'exposure';
CREATE INDEX rollout_events_of_phase ON rollout_events (project_id, rollout_id, phase, sequence);
`;

/** Stores exposures for half of the processor time. */
export class StoreExposuresForLess1797693000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
