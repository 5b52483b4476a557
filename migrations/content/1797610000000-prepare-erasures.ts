import type { MigrationInterface, QueryRunner } from 'typeorm';
import { HOT } from '../ledger/create-prompt-ledger/statements.js';
import { lockErasure } from './erase-content/erase.js';
import { LIST_EXPIRED } from './expire-content/expire.js';
import { alterFunction, type Replacement, takenBack } from '../ledger/validate-answers/alter-function.js';

/** An id that no execution has. */
const NOBODY = `'00000000-0000-0000-0000-000000000000'::uuid`;

/**
 * The first erasure of a connection, and each one after a partition is added or dropped, plans statements over every week, which takes
 * several times as long as erasing. So each statement runs once for an id that matches nothing before anything is locked.
 */
const FUNCTIONS = `
CREATE FUNCTION ledger_list_expired(project uuid, label text, since uuid, below uuid, most integer) RETURNS uuid[]
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
BEGIN
  RETURN ARRAY${LIST_EXPIRED};
END
$$;

CREATE FUNCTION ledger_prepare_erasure(project uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM ledger_list_expired(project, '', ${NOBODY}, ${NOBODY}, 1);
  PERFORM ledger_erase_rows(project, ARRAY[${NOBODY}]);
END
$$;
REVOKE ALL ON FUNCTION ledger_list_expired(uuid,text,uuid,uuid,integer), ledger_prepare_erasure(uuid) FROM PUBLIC;
`;

const LOCK = `  PERFORM ${lockErasure('project')};`;
const PREPARED: Replacement = [LOCK, `  PERFORM ledger_prepare_erasure(project);\n${LOCK}`];

const ALTERED: Readonly<Record<string, readonly Replacement[]>> = {
  // `NOBODY` gets a pair too, so that the deletion of pairs is planned.
  'ledger_erase_of_2_executions(uuid,uuid[])': [
    ['json_each_text(pairs)', `json_each_text(CASE WHEN wanted = ${NOBODY} THEN '{"": ""}' ELSE pairs END)`],
  ],
  'ledger_expire_content(uuid,text,integer)': [
    PREPARED,
    [`ARRAY${LIST_EXPIRED}`, 'ledger_list_expired(project, label, since, below, most)'],
  ],
  'ledger_erase_content(uuid,uuid)': [PREPARED],
};

/** An erasure holds its locks only while it erases, not while it is planned. */
export class PrepareErasures1797610000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FUNCTIONS);
    for (const [signature, replacements] of Object.entries(ALTERED))
      await alterFunction(runner, signature, replacements);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [signature, replacements] of Object.entries(ALTERED))
      await alterFunction(runner, signature, takenBack(replacements));
    await runner.query(
      'DROP FUNCTION ledger_prepare_erasure(uuid); DROP FUNCTION ledger_list_expired(uuid,text,uuid,uuid,integer);',
    );
  }
}
