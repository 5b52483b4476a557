import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_TABLES, DROP_TABLES } from './price-models/tables.js';

/** What models cost, and since when. */
export class PriceModels1795636800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_TABLES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_TABLES);
  }
}
