import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_FUNCTIONS, DROP_FUNCTIONS } from './count-executions/functions.js';
import { ADD_TABLES, DROP_TABLES } from './count-executions/tables.js';
import { ADD_TRIGGERS, COUNT_ALL, DROP_TRIGGERS } from './count-executions/triggers.js';

/** How many executions there were, and how they went, without reading them. */
export class CountExecutions1795550400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_TABLES);
    // Waits for those who write executions and keeps them out until the commit: what was final before is counted below,
    // what becomes final after it by the triggers, and nothing twice or never.
    await runner.query(ADD_TRIGGERS);
    await runner.query(COUNT_ALL);
    await runner.query(ADD_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_FUNCTIONS);
    await runner.query(DROP_TRIGGERS);
    await runner.query(DROP_TABLES);
  }
}
