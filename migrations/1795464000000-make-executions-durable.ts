import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ADD_FUNCTIONS, DROP_FUNCTIONS } from './make-executions-durable/functions.js';
import { ADD_TABLES, DROP_TABLES } from './make-executions-durable/tables.js';

/** Attempts, call-backs and batches; revisions of prompts; claims that are fair between projects. */
export class MakeExecutionsDurable1795464000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_TABLES);
    await runner.query(ADD_FUNCTIONS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_FUNCTIONS);
    await runner.query(DROP_TABLES);
  }
}
