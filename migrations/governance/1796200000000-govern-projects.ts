import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_CHANGES, DROP_CHANGES } from './govern-projects/changes.js';
import { CREATE_ENVIRONMENTS, DROP_ENVIRONMENTS } from './govern-projects/environments.js';
import { CREATE_PEOPLE, DROP_PEOPLE } from './govern-projects/people.js';
import { SECURE_GOVERNANCE, UNSECURE_GOVERNANCE } from './govern-projects/security.js';

/** Adds people and their roles, the rules of environments, and changes that need approval. */
export class GovernProjects1796200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT set_config('app.system', 'on', true)`);
    await runner.query(CREATE_PEOPLE);
    await runner.query(CREATE_ENVIRONMENTS);
    await runner.query(CREATE_CHANGES);
    await runner.query(SECURE_GOVERNANCE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT set_config('app.system', 'on', true)`);
    await runner.query(UNSECURE_GOVERNANCE);
    await runner.query(DROP_CHANGES);
    await runner.query(DROP_ENVIRONMENTS);
    await runner.query(DROP_PEOPLE);
  }
}
