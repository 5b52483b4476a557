import type { MigrationInterface, QueryRunner } from 'typeorm';
import { alterFunction, type Replacement, takenBack } from '../ledger/validate-answers/alter-function.js';

const ERASE_CONTENT = 'ledger_erase_content(uuid,uuid)';

const ERASE = '    PERFORM ledger_erase_rows(project, ARRAY[wanted]);\n';

/** A second erasure takes what was written since the first one. Its answer still says when the content was first erased. */
const ALWAYS: Replacement = [
  `  IF erased_at IS NULL THEN\n${ERASE}`,
  `${ERASE.slice(2)}  IF erased_at IS NULL THEN\n`,
];

export class EraseAgain1797620000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await alterFunction(runner, ERASE_CONTENT, [ALWAYS]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await alterFunction(runner, ERASE_CONTENT, takenBack([ALWAYS]));
  }
}
