import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  ADD_EXPERIMENT_BUDGETS,
  CARRY_EXPERIMENTS,
  DROP_EXPERIMENT_BUDGETS,
} from './run-experiments/budgets.js';
import { CREATE_EXPERIMENT_FUNCTIONS, DROP_EXPERIMENT_FUNCTIONS } from './run-experiments/functions.js';
import { CREATE_EXPERIMENTS, DROP_EXPERIMENTS } from './run-experiments/tables.js';
import { alterFunction, takenBack } from '../ledger/validate-answers/alter-function.js';

/** Adds experiments, which run every candidate on every item, and budgets that each cover one experiment. */
export class RunExperiments1796800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_EXPERIMENTS);
    await runner.query(ADD_EXPERIMENT_BUDGETS);
    for (const [signature, replacements] of Object.entries(CARRY_EXPERIMENTS)) {
      await alterFunction(runner, signature, replacements);
    }
    await runner.query(CREATE_EXPERIMENT_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT set_config('app.system', 'on', true)`);
    await runner.query(DROP_EXPERIMENT_FUNCTIONS);
    for (const [signature, replacements] of Object.entries(CARRY_EXPERIMENTS)) {
      await alterFunction(runner, signature, takenBack(replacements));
    }
    await runner.query(DROP_EXPERIMENT_BUDGETS);
    await runner.query(DROP_EXPERIMENTS);
  }
}
