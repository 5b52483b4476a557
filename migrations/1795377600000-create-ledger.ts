import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_FUNCTIONS, DROP_FUNCTIONS } from './create-ledger/functions.js';
import { CREATE_SECURITY, DROP_SECURITY } from './create-ledger/security.js';
import { CREATE_TABLES, DROP_TABLES } from './create-ledger/tables.js';

/** The whole data model, with the project `default` that a fresh install starts in. */
export class CreateLedger1795377600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_TABLES);
    await runner.query(`INSERT INTO projects (name) VALUES ('default')`);
    await runner.query(CREATE_FUNCTIONS);
    await runner.query(CREATE_SECURITY);
    await runner.query('SELECT ledger_ensure_partitions()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_FUNCTIONS);
    await runner.query(DROP_TABLES);
    await runner.query(DROP_SECURITY);
  }
}
