import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A version stores the settings that it was tried with, apart from its content, which never changes. */
export class KeepSettings1797500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE prompt_versions ADD COLUMN settings json;
      GRANT UPDATE (settings) ON prompt_versions TO prompt_ledger_app;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE prompt_versions DROP COLUMN settings');
  }
}
