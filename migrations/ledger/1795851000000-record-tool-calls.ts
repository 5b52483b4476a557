import type { MigrationInterface, QueryRunner } from 'typeorm';
import { REPLACE_RECORD, RESTORE_RECORD } from './record-tool-calls/record.js';

/** Records answers that consist only of tool calls, and how much of an answer was reasoning. */
export class RecordToolCalls1795851000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REPLACE_RECORD);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(RESTORE_RECORD);
  }
}
