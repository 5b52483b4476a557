import { DIMENSIONS, MEASURES } from './tables.js';

const FINAL = `('succeeded', 'failed', 'canceled')`;

const dimensions = (row: string) => DIMENSIONS.map((name) => `${row}.${name}`).join(', ');

/** In the order of MEASURES. Latency is of what succeeded: how long a failure took says nothing about the next call. */
const COUNTED = `count(*),
    count(n.latency_ms) FILTER (WHERE n.status = 'succeeded'),
    coalesce(sum(n.latency_ms) FILTER (WHERE n.status = 'succeeded'), 0),
    count(n.prompt_tokens), coalesce(sum(n.prompt_tokens), 0),
    count(n.response_tokens), coalesce(sum(n.response_tokens), 0)`;

function countInto(
  table: string,
  columns: string,
  { period, from }: { period: string; from: string },
): string {
  return `
  INSERT INTO public.${table} (project_id, ${columns}, ${DIMENSIONS.join(', ')}, ${MEASURES.join(', ')})
  SELECT n.project_id, ${period}, ${dimensions('n')}, ${COUNTED}
  FROM ${from}`;
}

const HOUR = `date_trunc('hour', n.created_at, 'UTC')`;

/**
 * An execution becomes final in many ways, as for the announcement: here too a trigger sees them all, in the transaction
 * of the change, and runs as whoever changes. Once a statement and not once a row: a batch of 64 finishes writes a few
 * rows here. A trigger with a list of columns cannot see the rows of its statement, so it looks at every update; where
 * nothing became final that costs a scan of rows in memory.
 */
function countingTrigger(event: 'INSERT' | 'UPDATE'): string {
  const name = `ledger_count_${event === 'INSERT' ? 'inserted' : 'updated'}`;
  const isUpdate = event === 'UPDATE';
  const from = isUpdate
    ? `now_rows n JOIN was_rows w ON w.project_id = n.project_id AND w.execution_id = n.execution_id AND w.status NOT IN ${FINAL}`
    : 'now_rows n';
  return `
CREATE FUNCTION ${name}() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN${countInto('execution_deltas', 'hour', { period: HOUR, from })}
  WHERE n.status IN ${FINAL}
  GROUP BY n.project_id, ${HOUR}, ${dimensions('n')};
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_${isUpdate ? 'count_updated' : 'count_inserted'} AFTER ${event} ON executions
REFERENCING NEW TABLE AS now_rows ${isUpdate ? 'OLD TABLE AS was_rows' : ''}
FOR EACH STATEMENT EXECUTE FUNCTION ${name}();`;
}

export const ADD_TRIGGERS = [countingTrigger('INSERT'), countingTrigger('UPDATE')].join('\n');

/** In one reading of the table. The owner sees it only while app.system is on. */
export const COUNT_ALL = `
SELECT set_config('app.system', 'on', true);
${countInto('execution_rollups', 'grain, period', { period: 'g.grain, g.period', from: 'public.executions n' })}
  CROSS JOIN LATERAL (VALUES
    ('hour', ${HOUR}), ('day', date_trunc('day', n.created_at, 'UTC')), ('all', '-infinity'::timestamptz)) AS g (grain, period)
  WHERE n.status IN ${FINAL}
  GROUP BY n.project_id, g.grain, g.period, ${dimensions('n')};
SELECT set_config('app.system', '', true);
`;

export const DROP_TRIGGERS = `
DROP TRIGGER executions_count_updated ON executions;
DROP TRIGGER executions_count_inserted ON executions;
DROP FUNCTION ledger_count_updated();
DROP FUNCTION ledger_count_inserted();
`;
