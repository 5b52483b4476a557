import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grantExecute } from '../ledger/create-prompt-ledger/statements.js';
import { CREATE_SESSIONS, DROP_SESSIONS, FIND_SESSION_FUNCTION } from './open-sessions/sessions.js';

/** Adds browser sessions. */
export class OpenSessions1796300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_SESSIONS + grantExecute([FIND_SESSION_FUNCTION]));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_SESSIONS);
  }
}
