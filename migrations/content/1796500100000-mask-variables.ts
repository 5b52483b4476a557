import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CARRY_MASKS, DROP_MASKS } from './mask-variables/carry-masks.js';

/**
 * The record of an execution says which of its variables are masked. The values that a worker needs live in the row in flight and are
 * deleted with it.
 */
export class MaskVariables1796500100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CARRY_MASKS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_MASKS);
  }
}
