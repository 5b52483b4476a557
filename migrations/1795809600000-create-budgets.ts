import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_FUNCTIONS, DROP_FUNCTIONS } from './create-budgets/functions.js';
import { ADD_TABLES, DROP_TABLES } from './create-budgets/tables.js';

/** Limits on what may be spent, what is held for calls under way, and what was spent. */
export class CreateBudgets1795809600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_TABLES);
    await runner.query(ADD_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_FUNCTIONS);
    await runner.query(DROP_TABLES);
  }
}
