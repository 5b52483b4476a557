import { CREATE_RECORD_LATE } from '../../ledger/create-prompt-ledger/executions/late.js';
import { GUARD_BEGINNINGS } from '../../governance/guard-environments/begin.js';
import { lockOutErasure } from './erase.js';

/** Replaces a text that must occur exactly once. */
function replaceOnce(sql: string, former: string, next: string): string {
  const parts = sql.split(former);
  if (parts.length !== 2) throw new Error(`"${former}" is not once in the function`);
  return parts.join(next);
}

const LATE_ROW = '    INSERT INTO execution_attempts (late,';

const FORMER_LATE = CREATE_RECORD_LATE.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');

/** Records a late result after the erasure as a fact: its cost counts, but its text is not kept. */
const LATE = replaceOnce(
  FORMER_LATE,
  LATE_ROW,
  `    PERFORM ${lockOutErasure('entry.project_id')};
    PERFORM FROM executions e
    WHERE e.project_id = entry.project_id AND e.execution_id = entry.execution_id AND e.content_erased_at IS NOT NULL;
    IF FOUND THEN
      entry.error_message := NULL;
      entry.response_text := NULL;
      entry.usage := ledger_keep_numbers(entry.usage::json)::text;
    END IF;
${LATE_ROW}`,
);

const FORMER_BEGIN = GUARD_BEGINNINGS.slice(
  GUARD_BEGINNINGS.indexOf('CREATE OR REPLACE FUNCTION ledger_begin('),
);

/**
 * A cached answer that was erased after the lookup is of no use: the entry is stale, and its sender looks again. The
 * scalar sub-select is one step in an index.
 */
export const BEGIN_WITH_ERASURE = replaceOnce(
  FORMER_BEGIN,
  ' AS is_current',
  ` AND (entry.cached_from IS NULL OR coalesce((SELECT s.content_erased_at IS NULL FROM executions s
        WHERE s.project_id = entry.project_id AND s.execution_id = entry.cached_from), false)) AS is_current`,
);

/** `CREATE OR REPLACE` keeps the grants of these functions. */
export const RESPECT_ERASURE = `${LATE}\n${BEGIN_WITH_ERASURE}`;
export const IGNORE_ERASURE = `${FORMER_LATE}\n${FORMER_BEGIN}`;
