import { VIEW_WITH_ERASURE } from '../../content/erase-content/tables.js';
import type { Replacement } from '../../ledger/validate-answers/alter-function.js';

/** The members that entries of `ledger_begin_plain` and `ledger_begin` gain with this migration. */
export const ARM_ENTRY = {
  /** `{"rollout_id", "arm", "phase", "unit", "bucket"}`; null outside of rollouts. */
  rollout: 'json',
} as const;

const ENTRY: Replacement = [
  'resolved_by text, requested_by text',
  'resolved_by text, rollout jsonb, requested_by text',
];
const columns = (times: number): Replacement => [
  'resolved_by, requested_by',
  'resolved_by, rollout, requested_by',
  times,
];
const replaceValues = (row: string): Replacement => [
  `${row}.resolved_by, ${row}.requested_by`,
  `${row}.resolved_by, ${row}.rollout, ${row}.requested_by`,
];

/** The arm follows `resolved_by` in every way to begin and to end, because both say why this version was used. */
export const CARRY_ARMS: Readonly<Record<string, readonly Replacement[]>> = {
  // Fills the row in flight: its columns, and their values.
  'ledger_begin_plain(json,uuid[])': [ENTRY, columns(2)],
  // Executions that are over at once carry their arm too: those refused before any call, or answered from another execution.
  'ledger_begin(json,uuid[],double precision,boolean)': [ENTRY, columns(3), replaceValues('a')],
  'ledger_end_plain(json,uuid[])': [columns(1), replaceValues('o'), replaceValues('h')],
  'ledger_end(json,uuid[])': [columns(1), replaceValues('o'), replaceValues('h')],
  // Ends executions that are canceled, given up or swept.
  'ledger_end_uncalled(uuid,uuid[],text,text,text)': [columns(1), replaceValues('h')],
};

/** `CREATE OR REPLACE VIEW` can add a column only at the end. */
const FORMER_VIEW = VIEW_WITH_ERASURE.replace(
  ' FROM executions_in_flight e',
  ', NULL::boolean AS output_valid FROM executions_in_flight e',
).replace(' FROM executions e', ', e.output_valid FROM executions e');

export const VIEW_WITH_ARMS = FORMER_VIEW.replace(
  ' FROM executions_in_flight e',
  ', e.rollout FROM executions_in_flight e',
).replace(' FROM executions e', ', e.rollout FROM executions e');

if (VIEW_WITH_ARMS.split('e.rollout').length !== 3)
  throw new Error('the view is not what this migration changes');

export const RESTORE_VIEW = `
DROP VIEW executions_all;
${FORMER_VIEW}
GRANT SELECT ON executions_all TO prompt_ledger_app;
`;
