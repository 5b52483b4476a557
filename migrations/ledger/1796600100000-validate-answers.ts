import type { MigrationInterface, QueryRunner } from 'typeorm';
import { HOT } from './create-prompt-ledger/statements.js';
import { ERASURE_PREFIX } from '../content/erase-content/erase.js';
import { alterFunction, takenBack } from './validate-answers/alter-function.js';
import { ADD_VERDICTS, CARRY_VERDICTS, DROP_VERDICTS } from './validate-answers/carry-verdicts.js';

/** Whether an answer fits is a fact and stays. The description of what is wrong quotes the answer, and is erased with it. */
const ERASE = `
CREATE FUNCTION ${ERASURE_PREFIX}7_verdicts(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT} SET enable_hashjoin = off
AS $$
BEGIN
  UPDATE execution_outputs o SET output_check = json_build_object('valid', o.output_check -> 'valid')
  FROM unnest(ids) AS n(id) WHERE o.project_id = project AND o.execution_id = n.id AND o.output_check IS NOT NULL;
END
$$;
REVOKE ALL ON FUNCTION ${ERASURE_PREFIX}7_verdicts(uuid,uuid[]) FROM PUBLIC;
`;
const DROP_ERASE = `DROP FUNCTION ${ERASURE_PREFIX}7_verdicts(uuid,uuid[]);`;

/** Answers are checked against the schema of their version, and the verdict is kept with them. */
export class ValidateAnswers1796600100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ADD_VERDICTS);
    for (const [signature, replacements] of Object.entries(CARRY_VERDICTS)) {
      await alterFunction(runner, signature, replacements);
    }
    await runner.query(ERASE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_ERASE);
    for (const [signature, replacements] of Object.entries(CARRY_VERDICTS)) {
      await alterFunction(runner, signature, takenBack(replacements));
    }
    await runner.query(DROP_VERDICTS);
  }
}
