import { BEGIN_PLAIN, IS_CURRENT } from '../../ledger/create-prompt-ledger/executions/begin.js';
import { BEGIN_WITH_METADATA } from '../../ledger/record-metadata/carry-metadata.js';

/**
 * Whether the environment of an entry refuses calls without a prompt: it is protected, or nobody has described it in a project
 * that forbids unknown labels. A scalar sub-select is one step in an index, where `EXISTS` may be planned as a hash of the table.
 */
const REFUSES_BARE_CALLS = `coalesce(
      (SELECT e.protected FROM environments e WHERE e.project_id = entry.project_id AND e.name = entry.environment),
      entry.environment NOT IN ('default', 'experiment', 'playground') AND (
        SELECT s.settings ->> 'allow_unknown_environments' = 'false' FROM projects s WHERE s.project_id = entry.project_id))`;

/**
 * Checks the revision of a prompt, and for a bare call the environment itself: a caller that judged the environment from memory passes
 * some revision. A prompt needs no such check, because a change of the rules gives each prompt of the project a new revision.
 */
const IS_CURRENT_IN_ENVIRONMENT = `(entry.prompt_revision IS NULL OR CASE WHEN entry.prompt_id IS NULL
      THEN ${REFUSES_BARE_CALLS} IS NOT TRUE
      ELSE coalesce(p.registry_revision = entry.prompt_revision, false) END)`;

const replaced = (statement: string) => statement.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');
function guarded(statement: string): string {
  if (!statement.includes(IS_CURRENT)) throw new Error('the beginning is not what this migration changes');
  return replaced(statement).replace(IS_CURRENT, () => IS_CURRENT_IN_ENVIRONMENT);
}

/** `CREATE OR REPLACE` keeps the grants of these functions. */
export const GUARD_BEGINNINGS = guarded(BEGIN_PLAIN) + guarded(BEGIN_WITH_METADATA);
export const UNGUARD_BEGINNINGS = replaced(BEGIN_PLAIN) + BEGIN_WITH_METADATA;
