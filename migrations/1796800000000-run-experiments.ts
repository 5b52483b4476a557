import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  ADD_EXPERIMENT_BUDGETS,
  carryExperiments,
  DROP_EXPERIMENT_BUDGETS,
} from './run-experiments/budgets.js';
import { CREATE_EXPERIMENT_FUNCTIONS, DROP_EXPERIMENT_FUNCTIONS } from './run-experiments/functions.js';
import { CREATE_EXPERIMENTS, DROP_EXPERIMENTS } from './run-experiments/tables.js';

/** Adds experiments, which run every candidate on every item, and budgets that hold one experiment. */
export class RunExperiments1796800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_EXPERIMENTS);
    await runner.query(ADD_EXPERIMENT_BUDGETS);
    await carryExperiments(runner, true);
    await runner.query(CREATE_EXPERIMENT_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT set_config('app.system', 'on', true)`);
    await runner.query(DROP_EXPERIMENT_FUNCTIONS);
    await carryExperiments(runner, false);
    await runner.query(DROP_EXPERIMENT_BUDGETS);
    await runner.query(DROP_EXPERIMENTS);
  }
}
