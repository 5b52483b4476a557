import { CREATE_METADATA } from '../../ledger/record-metadata/tables.js';

const VIEW = 'CREATE OR REPLACE VIEW executions_all';
const viewStart = CREATE_METADATA.indexOf(VIEW);
const FORMER_VIEW = CREATE_METADATA.slice(viewStart, CREATE_METADATA.indexOf(';', viewStart) + 1);

/** `CREATE OR REPLACE VIEW` can add a column only at the end. */
export const VIEW_WITH_ERASURE = FORMER_VIEW.replace(
  ' FROM executions_in_flight e',
  ', NULL::timestamptz AS content_erased_at FROM executions_in_flight e',
).replace(' FROM executions e', ', e.content_erased_at FROM executions e');

if (VIEW_WITH_ERASURE.split('content_erased_at').length !== 3)
  throw new Error('the view is not what this migration changes');

/**
 * An execution says when its content was erased, and so does the key whose stored answer went with it. The two indexes let an erasure
 * find keys and cached answers by their execution.
 */
export const ADD_ERASURE = `
ALTER TABLE executions ADD COLUMN content_erased_at timestamptz;
ALTER TABLE idempotency_keys ADD COLUMN erased_at timestamptz;
CREATE INDEX idempotency_keys_execution ON idempotency_keys (project_id, execution_id) WHERE execution_id IS NOT NULL;
CREATE INDEX response_cache_execution ON response_cache (project_id, execution_id);
${VIEW_WITH_ERASURE}
`;

export const DROP_ERASURE = `
DROP VIEW executions_all;
DROP INDEX response_cache_execution;
DROP INDEX idempotency_keys_execution;
ALTER TABLE idempotency_keys DROP COLUMN erased_at;
ALTER TABLE executions DROP COLUMN content_erased_at;
${FORMER_VIEW}
GRANT SELECT ON executions_all TO prompt_ledger_app;
`;
