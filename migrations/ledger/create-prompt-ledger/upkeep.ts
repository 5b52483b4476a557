import { ACROSS_PROJECTS, AS_SYSTEM, HOT } from './statements.js';

/** Counts the waiting executions of each project that has some. */
export const QUEUE_DEPTHS = `
CREATE FUNCTION ledger_queue_depths(most integer) RETURNS TABLE (project_id uuid, queued integer)
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  last uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
  ${AS_SYSTEM}
  LOOP
    SELECT f.project_id INTO last FROM executions_in_flight f
    WHERE f.status = 'queued' AND f.project_id > last ORDER BY f.project_id LIMIT 1;
    EXIT WHEN NOT FOUND;
    -- No further than it matters: to a limit, in the index.
    SELECT count(*)::integer INTO queued FROM
      (SELECT FROM executions_in_flight f WHERE f.status = 'queued' AND f.project_id = last LIMIT most) AS counted;
    project_id := last;
    RETURN NEXT;
  END LOOP;
END
$$;
`;

/**
 * Removes expired rows, the oldest first, and skips those that another process has locked.
 * @returns SQL of a function that takes the most to remove, and returns how many it removed.
 */
function expire(name: string, table: string, key: readonly string[], condition = ''): string {
  const list = key.map((column) => `t.${column}`).join(', ');
  const matches = key.map((column) => `t.${column} = x.${column}`).join(' AND ');
  return `
CREATE FUNCTION ${name}(most integer) RETURNS integer
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
DECLARE
  removed integer;
BEGIN
  ${AS_SYSTEM}
  WITH expired AS (
    SELECT ${list} FROM ${table} t WHERE t.expires_at < now() ${condition}
    ORDER BY t.expires_at LIMIT most FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM ${table} t USING expired x WHERE ${matches} RETURNING 1
  )
  SELECT count(*)::integer INTO removed FROM gone;
  RETURN removed;
END
$$;
`;
}

/** A key outlives the execution or batch whose id it has. */
const IS_OVER = `
      AND NOT EXISTS (SELECT FROM executions_in_flight f WHERE f.project_id = t.project_id AND f.execution_id = t.execution_id)
      AND NOT EXISTS (SELECT FROM executions_in_flight f WHERE f.project_id = t.project_id AND f.batch_id = t.execution_id)`;

export const UPKEEP_SYSTEM_FUNCTIONS = [
  'ledger_queue_depths(integer)',
  'ledger_expire_idempotency_keys(integer)',
  'ledger_expire_responses(integer)',
] as const;

export const CREATE_UPKEEP = [
  QUEUE_DEPTHS,
  expire('ledger_expire_idempotency_keys', 'idempotency_keys', ['project_id', 'route', 'key'], IS_OVER),
  expire('ledger_expire_responses', 'response_cache', ['project_id', 'cache_key']),
].join('\n');
