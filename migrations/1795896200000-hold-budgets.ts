import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  ADD_FUNCTIONS as ADD_FORMER_FUNCTIONS,
  DROP_FUNCTIONS as DROP_FORMER_FUNCTIONS,
} from './create-budgets/functions.js';
import { HOLD } from './hold-budgets/hold.js';
import { SETTLEMENT } from './hold-budgets/settle.js';
import { ADD_THRESHOLDS, DROP_THRESHOLDS } from './hold-budgets/thresholds.js';

/** Calls are held to budgets: holding and settling as every insert of executions needs it, and who is told of thresholds. */
export class HoldBudgets1795896200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(HOLD);
    await runner.query(SETTLEMENT);
    await runner.query(ADD_THRESHOLDS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_THRESHOLDS);
    await runner.query('DROP FUNCTION ledger_release_holds(json);');
    // The functions that were replaced are made anew as the migration before made them.
    await runner.query(DROP_FORMER_FUNCTIONS);
    await runner.query(ADD_FORMER_FUNCTIONS);
  }
}
