import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_EXPIRY, DROP_EXPIRY } from './expire-content/expire.js';

/** Content expires by age, as each project configures for its environments. */
export class ExpireContent1796500200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_EXPIRY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_EXPIRY);
  }
}
