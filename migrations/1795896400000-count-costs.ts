import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type Counting, WITH_COSTS, WITHOUT_COSTS } from './count-costs/columns.js';
import { countAll, countingFunctions, foldFunction } from './count-costs/counting.js';
import { ADD_COLUMNS, DROP_COLUMNS } from './count-costs/tables.js';

/** What executions cost, by key and team too, without reading them. */
export class CountCosts1795896400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_COLUMNS);
    await count(runner, WITH_COSTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_COLUMNS);
    await count(runner, WITHOUT_COSTS);
  }
}

async function count(runner: QueryRunner, counting: Counting): Promise<void> {
  await runner.query(countingFunctions(counting));
  await runner.query(foldFunction(counting));
  await runner.query(countAll(counting));
}
