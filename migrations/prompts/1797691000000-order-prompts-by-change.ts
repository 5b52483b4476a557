import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders prompts by their last change. One registration changes up to a thousand prompts at the same time, so names break ties. */
export class OrderPromptsByChange1797691000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX prompts_live_change ON prompts (project_id, updated_at DESC, name) WHERE deleted_at IS NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX prompts_live_change');
  }
}
