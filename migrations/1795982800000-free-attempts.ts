import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  ADD_COLUMN,
  BY_FIRST_TOKEN,
  BY_VERDICT,
  DROP_COLUMN,
  settleAttempts,
} from './free-attempts/settle.js';

/** Whether a failed attempt cost nothing, as its caller found: a whole answer has no first piece to tell it by. */
export class FreeAttempts1795982800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_COLUMN);
    await runner.query(settleAttempts(BY_VERDICT));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(settleAttempts(BY_FIRST_TOKEN));
    await runner.query(DROP_COLUMN);
  }
}
