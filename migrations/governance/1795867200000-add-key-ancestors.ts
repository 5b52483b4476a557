import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_CALL_WITH_ANCESTORS } from './add-key-ancestors/call.js';
import { CREATE_FIND_KEY, CREATE_FIND_KEY_WITH_ANCESTORS } from './add-key-ancestors/find-key.js';
import { HOLD_BUDGETS_OF_KEY_LINES, RESTORE_HOLD_BUDGETS } from './add-key-ancestors/hold-budgets.js';
import {
  ADD_ANCESTORS,
  CREATE_KEY_LINE,
  DROP_ANCESTORS,
  KEY_LINE_FUNCTION,
} from './add-key-ancestors/key-line.js';
import { CALL_FUNCTIONS, CREATE_CALL } from '../ledger/create-prompt-ledger/executions/call.js';
import { grantExecute } from '../ledger/create-prompt-ledger/statements.js';

const [CALL_FUNCTION] = CALL_FUNCTIONS;
const FIND_KEY_FUNCTION = 'ledger_find_key(uuid)';
/** Both results gain a column, which `CREATE OR REPLACE` does not allow. */
const DROP_CHANGED = `DROP FUNCTION ${CALL_FUNCTION}; DROP FUNCTION ${FIND_KEY_FUNCTION};`;
const GRANT_CHANGED = grantExecute([CALL_FUNCTION, FIND_KEY_FUNCTION]);

/** Keys know the keys that they descend from, and also use up the limits and budgets of those. */
export class AddKeyAncestors1795867200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_ANCESTORS);
    await runner.query(CREATE_KEY_LINE + grantExecute([KEY_LINE_FUNCTION]));
    await runner.query(HOLD_BUDGETS_OF_KEY_LINES);
    await runner.query(DROP_CHANGED);
    await runner.query(CREATE_CALL_WITH_ANCESTORS + CREATE_FIND_KEY_WITH_ANCESTORS + GRANT_CHANGED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_CHANGED);
    await runner.query(CREATE_CALL + CREATE_FIND_KEY + GRANT_CHANGED);
    await runner.query(RESTORE_HOLD_BUDGETS);
    await runner.query(`DROP FUNCTION ${KEY_LINE_FUNCTION};`);
    await runner.query(DROP_ANCESTORS);
  }
}
