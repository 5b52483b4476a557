import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_FUNCTIONS, DROP_FUNCTIONS } from './cost-executions/functions.js';
import { ADD_TABLES, DROP_TABLES } from './cost-executions/tables.js';

/** What an execution cost, along which models it may go, what was answered from the cache, and calls without a prompt. */
export class CostExecutions1795896000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_TABLES);
    await runner.query(ADD_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_FUNCTIONS);
    await runner.query(DROP_TABLES);
  }
}
