import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CARRY_ARMS, RESTORE_VIEW, VIEW_WITH_ARMS } from './carry-arms/carry-arms.js';
import { alterFunction, takenBack } from '../ledger/validate-answers/alter-function.js';

/** Executions carry the arm of the rollout that chose their version, however they begin and end. */
export class CarryArms1797010000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [signature, replacements] of Object.entries(CARRY_ARMS)) {
      await alterFunction(runner, signature, replacements);
    }
    await runner.query(VIEW_WITH_ARMS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(RESTORE_VIEW);
    for (const [signature, replacements] of Object.entries(CARRY_ARMS)) {
      await alterFunction(runner, signature, takenBack(replacements));
    }
  }
}
