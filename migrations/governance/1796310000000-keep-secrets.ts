import type { MigrationInterface, QueryRunner } from 'typeorm';
import { grantExecute } from '../ledger/create-prompt-ledger/statements.js';
import { CREATE_SECRETS, DROP_SECRETS, SECRET_REVISIONS_FUNCTION } from './keep-secrets/secrets.js';

/** Adds the projects' own provider keys. */
export class KeepSecrets1796310000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_SECRETS + grantExecute([SECRET_REVISIONS_FUNCTION]));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_SECRETS);
  }
}
