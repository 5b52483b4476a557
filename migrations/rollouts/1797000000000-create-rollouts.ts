import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_ROLLOUT_FUNCTIONS, DROP_ROLLOUT_FUNCTIONS } from './create-rollouts/functions.js';
import { ADD_ARMS, CREATE_ROLLOUTS, DROP_ARMS, DROP_ROLLOUTS } from './create-rollouts/tables.js';

/** Adds rollouts, and columns for the arm of an execution. */
export class CreateRollouts1797000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_ROLLOUTS);
    await runner.query(ADD_ARMS);
    await runner.query(CREATE_ROLLOUT_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT set_config('app.system', 'on', true)`);
    await runner.query(DROP_ROLLOUT_FUNCTIONS);
    await runner.query(DROP_ARMS);
    await runner.query(DROP_ROLLOUTS);
  }
}
