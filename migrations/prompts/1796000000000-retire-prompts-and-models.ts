import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `prompts.retired_at` says when the code base dropped a tracked prompt. `models.removed_at` says when somebody
 * took the model off the list, so that seeding the catalogue does not restore it.
 */
export class RetirePromptsAndModels1796000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE prompts ADD COLUMN retired_at timestamptz');
    await runner.query('ALTER TABLE models ADD COLUMN removed_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE models DROP COLUMN removed_at');
    await runner.query('ALTER TABLE prompts DROP COLUMN retired_at');
  }
}
