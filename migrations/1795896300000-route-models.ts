import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_TABLES, DROP_TABLES } from './route-models/tables.js';

/** Lists of models under a name, for executions that may go to any of them. */
export class RouteModels1795896300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_TABLES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_TABLES);
  }
}
