import { CREATE_CLAIM } from '../../ledger/create-prompt-ledger/executions/claim.js';
import { grantExecute } from '../../ledger/create-prompt-ledger/statements.js';
import { BEGIN_WITH_ERASURE } from '../erase-content/replaced.js';
import {
  BEGIN_ENTRY as FORMER_BEGIN_ENTRY,
  CARRY_METADATA,
  RECORD_ENTRY as FORMER_RECORD_ENTRY,
} from '../../ledger/record-metadata/carry-metadata.js';

/**
 * An entry of `ledger_begin` as of this migration. `masked` lists the paths of variables whose values are masked in the entry.
 * `unmasked` holds the values that the provider call needs. `ledger_begin_plain` takes neither and is unchanged.
 */
export const BEGIN_ENTRY = { ...FORMER_BEGIN_ENTRY, masked: 'json', unmasked: 'json' } as const;

/** An entry of `ledger_record`, as of this migration. */
export const RECORD_ENTRY = { ...FORMER_RECORD_ENTRY, masked: 'json' } as const;

function takeFunction(sql: string, start: string): string {
  const from = sql.indexOf(start);
  const end = sql.indexOf('\n$$;', from);
  if (from < 0 || end < 0) throw new Error(`"${start}" is not in the text of the migration`);
  return `${sql.slice(from, end)}\n$$;\n`;
}

/** Replaces texts, each of which must occur exactly once. */
function replaceEach(sql: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [former, next]) => {
    const parts = text.split(former);
    if (parts.length !== 2) throw new Error(`"${former}" is not once in the function`);
    return parts.join(next);
  }, sql);
}

const FORMER_RECORD = takeFunction(CARRY_METADATA, 'CREATE OR REPLACE FUNCTION ledger_record(');
const FORMER_CLAIM = takeFunction(CREATE_CLAIM, 'CREATE FUNCTION ledger_claim(');

const INPUT_COLUMNS = 'variables_json, rendered_prompt, rendered_messages';

const BEGIN = replaceEach(BEGIN_WITH_ERASURE, [
  ['correlation_id text, metadata json', 'correlation_id text, metadata json, masked json, unmasked json'],
  [`${INPUT_COLUMNS}, extras)`, `${INPUT_COLUMNS}, extras, masked)`],
  ['extras::json FROM admitted', 'extras::json, masked FROM admitted'],
  [
    'INSERT INTO executions_in_flight (project_id,',
    'INSERT INTO executions_in_flight (unmasked, project_id,',
  ],
  ['SELECT project_id, execution_id, status,', 'SELECT unmasked, project_id, execution_id, status,'],
]);

const RECORD = replaceEach(FORMER_RECORD, [
  ['correlation_id text, metadata json', 'correlation_id text, metadata json, masked json'],
  [`${INPUT_COLUMNS})`, `${INPUT_COLUMNS}, masked)`],
  ['rendered_messages::json FROM entry', 'rendered_messages::json, masked FROM entry'],
]);

/** The result gains a column, which `CREATE OR REPLACE` does not allow. */
const CLAIM = replaceEach(FORMER_CLAIM, [
  ['content json, duties integer)', 'content json, duties integer, unmasked json)'],
  ['v.content, c.duties\n', 'v.content, c.duties, c.unmasked\n'],
]);
const CLAIM_SIGNATURE = 'ledger_claim(integer,integer,timestamp with time zone,uuid,uuid[])';
const replaceClaim = (claim: string) =>
  `DROP FUNCTION ${CLAIM_SIGNATURE};\n${claim}${grantExecute([CLAIM_SIGNATURE])}`;

export const CARRY_MASKS = `
ALTER TABLE execution_inputs ADD COLUMN masked json;
ALTER TABLE executions_in_flight ADD COLUMN unmasked json;
${BEGIN}${RECORD}${replaceClaim(CLAIM)}`;

export const DROP_MASKS = `
${BEGIN_WITH_ERASURE}${FORMER_RECORD}${replaceClaim(FORMER_CLAIM)}
ALTER TABLE executions_in_flight DROP COLUMN unmasked;
ALTER TABLE execution_inputs DROP COLUMN masked;
`;
