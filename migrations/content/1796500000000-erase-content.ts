import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_ERASE, DROP_ERASE } from './erase-content/erase.js';
import { IGNORE_ERASURE, RESPECT_ERASURE } from './erase-content/replaced.js';
import { ADD_ERASURE, DROP_ERASURE } from './erase-content/tables.js';

/** Lets the content of an execution be erased while its facts stay. */
export class EraseContent1796500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_ERASURE);
    await runner.query(CREATE_ERASE);
    await runner.query(RESPECT_ERASURE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(IGNORE_ERASURE);
    await runner.query(DROP_ERASE);
    await runner.query(DROP_ERASURE);
  }
}
