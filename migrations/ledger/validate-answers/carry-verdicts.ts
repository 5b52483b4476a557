import { VIEW_WITH_ERASURE } from '../../content/erase-content/tables.js';
import type { Replacement } from './alter-function.js';

/** The members that entries of `ledger_end_plain`, `ledger_end` and `ledger_record` gain with this migration. */
export const VERDICT_ENTRY = {
  /** Whether the answer fits its schema; null where it was not checked. */
  output_valid: 'boolean',
  /** The verdict with the first problem: `{"valid","pointer","message"}`. */
  output_check: 'json',
} as const;

const ENTRY: readonly [string, string] = [
  'tool_calls text',
  'tool_calls text, output_valid boolean, output_check json',
];
const INTO_OVER: Replacement = [
  'INSERT INTO executions (project_id, execution_id, status,',
  'INSERT INTO executions (project_id, execution_id, output_valid, status,',
];
const INTO_OUTPUTS: Replacement = [
  'INSERT INTO execution_outputs (project_id, execution_id, attempt,',
  'INSERT INTO execution_outputs (project_id, execution_id, output_check, attempt,',
];
const OUTPUT_OF_ENDING: Replacement = [
  'SELECT h.project_id, h.execution_id, h.attempt, h.response_text',
  'SELECT h.project_id, h.execution_id, h.output_check, h.attempt, h.response_text',
];

/** The statement that writes an answer writes its verdict. An answer from another execution keeps the verdict of that one. */
export const CARRY_VERDICTS: Readonly<Record<string, readonly Replacement[]>> = {
  'ledger_end_plain(json,uuid[])': [
    ENTRY,
    INTO_OVER,
    [
      'SELECT h.project_id, h.execution_id, h.status, h.attempt',
      'SELECT h.project_id, h.execution_id, h.output_valid, h.status, h.attempt',
    ],
    INTO_OUTPUTS,
    OUTPUT_OF_ENDING,
  ],
  'ledger_end(json,uuid[])': [
    // `ledger_end` reads its entries in two places.
    [...ENTRY, 2],
    INTO_OVER,
    [
      'SELECT h.project_id, h.execution_id, coalesce(h.ends_as, h.status)',
      'SELECT h.project_id, h.execution_id, h.output_valid, coalesce(h.ends_as, h.status)',
    ],
    INTO_OUTPUTS,
    OUTPUT_OF_ENDING,
  ],
  'ledger_record(json,uuid,text,text,bytea,integer,json,text,integer)': [
    ENTRY,
    [
      'INSERT INTO executions (project_id, execution_id, model_id,',
      'INSERT INTO executions (project_id, execution_id, output_valid, model_id,',
    ],
    [
      `SELECT project, execution_id, model_id, 'recorded'`,
      `SELECT project, execution_id, output_valid, model_id, 'recorded'`,
    ],
    INTO_OUTPUTS,
    [
      'SELECT project, execution_id, 1, response_text',
      'SELECT project, execution_id, output_check, 1, response_text',
    ],
  ],
  'ledger_begin(json,uuid[],double precision,boolean)': [
    [
      'reasoning_tokens, cost_pico_usd, cache_hit',
      'reasoning_tokens, output_valid, cost_pico_usd, cache_hit',
    ],
    [
      'CASE WHEN a.cached_from IS NOT NULL THEN 0 END,',
      's.output_valid, CASE WHEN a.cached_from IS NOT NULL THEN 0 END,',
    ],
    ['s.reasoning_tokens FROM executions s', 's.reasoning_tokens, s.output_valid FROM executions s'],
    INTO_OUTPUTS,
    [
      'SELECT o.project_id, o.execution_id, 0, s.response_text',
      'SELECT o.project_id, o.execution_id, s.output_check, 0, s.response_text',
    ],
  ],
};

/** `CREATE OR REPLACE VIEW` can add a column only at the end. */
const VIEW_WITH_VERDICTS = VIEW_WITH_ERASURE.replace(
  ' FROM executions_in_flight e',
  ', NULL::boolean AS output_valid FROM executions_in_flight e',
).replace(' FROM executions e', ', e.output_valid FROM executions e');

if (VIEW_WITH_VERDICTS.split('output_valid').length !== 3)
  throw new Error('the view is not what this migration changes');

/** The primary key does not have the order of this index, so it serves only the lists by verdict. */
export const ADD_VERDICTS = `
ALTER TABLE executions ADD COLUMN output_valid boolean;
ALTER TABLE execution_outputs ADD COLUMN output_check json;
CREATE INDEX executions_by_verdict ON executions (project_id, output_valid, execution_id DESC NULLS LAST) WHERE output_valid IS NOT NULL;
${VIEW_WITH_VERDICTS}
`;

export const DROP_VERDICTS = `
DROP VIEW executions_all;
DROP INDEX executions_by_verdict;
ALTER TABLE execution_outputs DROP COLUMN output_check;
ALTER TABLE executions DROP COLUMN output_valid;
${VIEW_WITH_ERASURE}
GRANT SELECT ON executions_all TO prompt_ledger_app;
`;
