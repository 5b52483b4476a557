import type { MigrationInterface, QueryRunner } from 'typeorm';

/** In a protected environment a rollout starts through a change of kind `rollout`, which names it. */
export class ApproveRollouts1797020000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE changes ADD COLUMN rollout_id uuid;
      ALTER TABLE changes ADD CONSTRAINT changes_project_id_rollout_id_fkey
        FOREIGN KEY (project_id, rollout_id) REFERENCES rollouts (project_id, rollout_id);
      ALTER TABLE changes ADD CONSTRAINT changes_rollout_check CHECK ((kind = 'rollout') = (rollout_id IS NOT NULL));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT set_config('app.system', 'on', true)`);
    await runner.query(`
      DELETE FROM change_reviews r USING changes c
        WHERE c.project_id = r.project_id AND c.change_id = r.change_id AND c.kind = 'rollout';
      UPDATE approved_versions a SET change_id = NULL FROM changes c
        WHERE c.project_id = a.project_id AND c.change_id = a.change_id AND c.kind = 'rollout';
      DELETE FROM changes WHERE kind = 'rollout';
      ALTER TABLE changes DROP COLUMN rollout_id;
    `);
  }
}
