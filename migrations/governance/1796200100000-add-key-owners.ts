import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_FIND_KEY_WITH_ANCESTORS } from './add-key-ancestors/find-key.js';
import { CREATE_FIND_KEY_WITH_OWNER } from './add-key-owners/find-key.js';
import { ADD_MADE_IN, DROP_MADE_IN } from './add-key-owners/users-made-in.js';
import { grantExecute } from '../ledger/create-prompt-ledger/statements.js';

const FIND_KEY_FUNCTION = 'ledger_find_key(uuid)';
/** The result gains columns, which `CREATE OR REPLACE` does not allow. */
const DROP_FIND_KEY = `DROP FUNCTION ${FIND_KEY_FUNCTION};`;
const GRANT_FIND_KEY = grantExecute([FIND_KEY_FUNCTION]);

/** Authentication learns who owns a key and what the owner may do. */
export class AddKeyOwners1796200100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_MADE_IN);
    await runner.query(DROP_FIND_KEY + CREATE_FIND_KEY_WITH_OWNER + GRANT_FIND_KEY);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_FIND_KEY + CREATE_FIND_KEY_WITH_ANCESTORS + GRANT_FIND_KEY);
    await runner.query(DROP_MADE_IN);
  }
}
