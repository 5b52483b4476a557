import { BEGIN_ENTRY as FORMER_BEGIN_ENTRY, CREATE_BEGIN } from '../create-prompt-ledger/executions/begin.js';
import { CREATE_END_UNCALLED } from '../create-prompt-ledger/executions/end-uncalled.js';
import { CREATE_END } from '../create-prompt-ledger/executions/end.js';
import { grantExecute } from '../create-prompt-ledger/statements.js';
import { RECORD_ENTRY as FORMER_RECORD_ENTRY, REPLACE_RECORD } from '../record-tool-calls/record.js';

/** An entry of `ledger_begin`, as of this migration. `ledger_begin_plain` takes no metadata and stays as it was. */
export const BEGIN_ENTRY = { ...FORMER_BEGIN_ENTRY, metadata: 'json' } as const;

/** An entry of `ledger_record`, as of this migration. */
export const RECORD_ENTRY = { ...FORMER_RECORD_ENTRY, metadata: 'json' } as const;

/** Extracts one function from the text of several. */
function extractFunction(sql: string, name: string): string {
  const start = sql.search(new RegExp(`CREATE (OR REPLACE )?FUNCTION ${name}\\(`));
  const end = sql.indexOf('\n$$;', start);
  if (start < 0 || end < 0) throw new Error(`${name} is not in the text of the migration`);
  return `${sql.slice(start, end)}\n$$;\n`.replace(/^CREATE FUNCTION/, 'CREATE OR REPLACE FUNCTION');
}

const FORMER = {
  begin: extractFunction(CREATE_BEGIN, 'ledger_begin'),
  endPlain: extractFunction(CREATE_END, 'ledger_end_plain'),
  end: extractFunction(CREATE_END, 'ledger_end'),
  endUncalled: extractFunction(CREATE_END_UNCALLED, 'ledger_end_uncalled'),
  record: extractFunction(REPLACE_RECORD, 'ledger_record'),
};

/**
 * Adds `metadata` wherever a function reads or copies `correlation_id`: both are the caller's own facts and pass through the same
 * statements. An announcement of an execution includes it where there is some, and is otherwise unchanged.
 */
function carryMetadata(sql: string): string {
  const copied = sql.replace(
    /'correlation_id', o\.correlation_id|correlation_id text|((?:[a-z]\.)?)correlation_id\b/g,
    (found: string, row: string | undefined) => {
      if (found.startsWith("'")) return found;
      return found.endsWith(' text') ? `${found}, metadata json` : `${found}, ${row ?? ''}metadata`;
    },
  );
  const [before = '', data, ...rest] = copied.split(DATA);
  if (data === undefined) return copied;
  const [members = '', after, ...others] = data.split(LAST_MEMBER);
  if (after === undefined || rest.length + others.length > 0)
    throw new Error('announceEnded is not what this migration changes');
  const wrapped = `${DATA.replace('json_build_object(', 'ledger_add_metadata(o.metadata, json_build_object(')}${members}${LAST_MEMBER})`;
  return `${before}${wrapped}${after}`;
}

/** The start of the data that the first migration announces for an execution. */
const DATA = `'data', json_build_object(`;
const LAST_MEMBER = `'completed_at', ledger_wire_time(o.completed_at))`;

/** Adds the metadata to an object, as its last member; without metadata the object stays as it is. */
const ADD_METADATA = `
CREATE FUNCTION ledger_add_metadata(metadata json, object json) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN metadata IS NULL THEN object ELSE (left(object::text, -1) || ', "metadata" : ' || metadata::text || '}')::json END $$;
${grantExecute(['ledger_add_metadata(json,json)'])}
`;

/**
 * Adds a CTE that writes the pairs of each new execution to the table that finds executions by them.
 * @param the text that the CTE precedes.
 * @param pairs selects project, execution, key and value.
 */
function writePairs(sql: string, before: string, pairs: string): string {
  const parts = sql.split(before);
  if (parts.length !== 2) throw new Error(`"${before}" is not once in the function`);
  return parts.join(`), tagged AS (
    INSERT INTO execution_metadata (project_id, execution_id, key, value)
    ${pairs}
  ${before}`);
}

/** The pairs of what was begun, and only of that: an entry that is sent again already has its pairs. */
const PAIRS_OF_BEGUN = `SELECT a.project_id, a.execution_id, m.key, m.value
    FROM admitted a CROSS JOIN LATERAL json_each_text(a.metadata) AS m
    WHERE a.execution_id IN (SELECT i.execution_id FROM input i)`;

const PAIRS_OF_RECORDED = `SELECT project, entry.execution_id, m.key, m.value
    FROM entry CROSS JOIN LATERAL json_each_text(entry.metadata) AS m`;

/** `ledger_begin` with metadata. */
export const BEGIN_WITH_METADATA = writePairs(carryMetadata(FORMER.begin), '), flight AS (', PAIRS_OF_BEGUN);

/** The functions that begin, end and record executions, with metadata. Their signatures and grants stay. */
export const CARRY_METADATA = [
  ADD_METADATA,
  BEGIN_WITH_METADATA,
  carryMetadata(FORMER.endPlain),
  carryMetadata(FORMER.end),
  carryMetadata(FORMER.endUncalled),
  writePairs(carryMetadata(FORMER.record), '), input AS (', PAIRS_OF_RECORDED),
].join('\n');

/** Restores the functions of the earlier migrations. */
export const RESTORE_FUNCTIONS = [
  ...Object.values(FORMER),
  'DROP FUNCTION ledger_add_metadata(json,json);',
].join('\n');
