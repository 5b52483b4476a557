import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_FUNCTIONS, DROP_FUNCTIONS } from './limit-keys/functions.js';
import { ADD_COLUMNS, DROP_COLUMNS } from './limit-keys/columns.js';

/** Keys may have rate limits of their own, and an execution says which key its tokens count against. */
export class LimitKeys1795636900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_COLUMNS);
    await runner.query(ADD_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_FUNCTIONS);
    await runner.query(DROP_COLUMNS);
  }
}
