import {
  CREATE_EXECUTIONS,
  PARTITIONED as FORMERLY_PARTITIONED,
} from '../create-prompt-ledger/executions/executions.js';
import { CREATE_SYSTEM_FUNCTIONS } from '../create-prompt-ledger/system-functions.js';

const APP_ROLE = 'prompt_ledger_app';

/** The tables that are partitioned by weekly ranges of the id, as of this migration. */
export const PARTITIONED = [...FORMERLY_PARTITIONED, 'execution_metadata'] as const;

/**
 * The metadata of an execution is a column of its row, which is null and costs nothing where there is none.
 *
 * Lists find executions by `execution_metadata`, a row for each pair, written once when the execution begins. A GIN index on the column
 * would need no table, but `@>` is not leakproof: under row-level security Postgres does not use it as an index condition, and reads every
 * execution of the project instead. Equality of texts is leakproof, and the primary key is in the order that a page asks for. Its widest
 * entry (64 and 512 characters, of up to four bytes each) fits a page of a btree.
 */
const ADD_METADATA = `
ALTER TABLE executions_in_flight ADD COLUMN metadata json;
ALTER TABLE executions ADD COLUMN metadata json;

CREATE TABLE execution_metadata (
  project_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  key text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (project_id, key, value, execution_id)
) PARTITION BY RANGE (execution_id);
CREATE TABLE execution_metadata_default PARTITION OF execution_metadata DEFAULT;
ALTER TABLE execution_metadata_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
`;

/** The policies that the first migration gives every table of a project. */
const SECURE_METADATA = `
ALTER TABLE execution_metadata ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON execution_metadata TO ${APP_ROLE}
  USING (project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[]))
  WITH CHECK (project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[]));
CREATE POLICY system ON execution_metadata TO CURRENT_USER
  USING (current_setting('app.system', true) = 'on') WITH CHECK (current_setting('app.system', true) = 'on');
GRANT SELECT, INSERT ON execution_metadata TO ${APP_ROLE};
`;

const VIEW = 'CREATE VIEW executions_all';
const viewStart = CREATE_EXECUTIONS.indexOf(VIEW);
const FORMER_VIEW = CREATE_EXECUTIONS.slice(viewStart, CREATE_EXECUTIONS.indexOf(';', viewStart) + 1);

/** `CREATE OR REPLACE VIEW` can add a column only at the end. */
const VIEW_WITH_METADATA = FORMER_VIEW.replace(VIEW, 'CREATE OR REPLACE VIEW executions_all')
  .replace(' FROM executions_in_flight e', ', e.metadata FROM executions_in_flight e')
  .replace(' FROM executions e', ', e.metadata FROM executions e');

const FORMER_ENSURE = (
  /CREATE FUNCTION ledger_ensure_partitions[\s\S]*?\n\$\$;/.exec(CREATE_SYSTEM_FUNCTIONS)?.[0] ?? ''
).replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');
const quoted = (tables: readonly string[]) => tables.map((table) => `'${table}'`).join(', ');
const ENSURE_WITH_METADATA = FORMER_ENSURE.replace(
  `ARRAY[${quoted(FORMERLY_PARTITIONED)}]`,
  `ARRAY[${quoted(PARTITIONED)}]`,
);

if (
  !ENSURE_WITH_METADATA.includes(`'execution_metadata'`) ||
  VIEW_WITH_METADATA.split('e.metadata').length !== 3
)
  throw new Error('the first migration is not what this one changes');

export const CREATE_METADATA = [
  ADD_METADATA,
  SECURE_METADATA,
  VIEW_WITH_METADATA,
  ENSURE_WITH_METADATA,
  'SELECT ledger_ensure_partitions();',
].join('\n');

/** To be run when no function writes metadata anymore. */
export const DROP_METADATA = [
  FORMER_ENSURE,
  'DROP VIEW executions_all;',
  'DROP TABLE execution_metadata;',
  'ALTER TABLE executions DROP COLUMN metadata;',
  'ALTER TABLE executions_in_flight DROP COLUMN metadata;',
  FORMER_VIEW,
  `GRANT SELECT ON executions_all TO ${APP_ROLE};`,
].join('\n');
