import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CARRY_METADATA, RESTORE_FUNCTIONS } from './record-metadata/carry-metadata.js';
import { CREATE_METADATA, DROP_METADATA } from './record-metadata/tables.js';

/** Executions carry their callers' metadata, which lists can filter by. */
export class RecordMetadata1796100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_METADATA);
    await runner.query(CARRY_METADATA);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(RESTORE_FUNCTIONS);
    await runner.query(DROP_METADATA);
  }
}
