import { COUNTED_COLUMNS, countEnded } from '../counts.js';
import { ANNOUNCED_COLUMNS, announceEnded, DUTIES } from '../duties.js';
import { ASKED } from './executions.js';
import { listColumns, HOT, numberPlaces } from '../statements.js';

/**
 * Ends executions of one project that no call is running for, and whose rows the caller has locked: they are canceled, given up,
 * or refused. Holds for attempts that were never made are released.
 */
const END_UNCALLED = `
CREATE FUNCTION ledger_end_uncalled(project uuid, ids uuid[], as_status text, as_error_type text, as_error_message text) RETURNS void
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  settled json;
BEGIN
  WITH h AS (
    DELETE FROM executions_in_flight f WHERE f.ctid = ANY (${numberPlaces('(SELECT project, unnest(ids))')}) RETURNING f.*
  ), over AS (
    INSERT INTO executions (project_id, execution_id, status, attempts_made, error_type, error_message, completed_at, ${ASKED.join(', ')})
    SELECT h.project_id, h.execution_id, as_status, h.attempt, as_error_type, as_error_message, now(), ${listColumns('h', ASKED)} FROM h
    RETURNING ${COUNTED_COLUMNS}, ${ANNOUNCED_COLUMNS}
  ), counted AS (
    ${countEnded('over')}
  ), announced AS (
    ${announceEnded('over')}
  )
  SELECT json_agg(json_build_object('project_id', h.project_id, 'execution_id', h.execution_id, 'attempt', b.attempt, 'spent_pico_usd', 0))
  INTO settled
  FROM h CROSS JOIN LATERAL (
    SELECT DISTINCT b.attempt FROM budget_holds b
    WHERE b.project_id = h.project_id AND b.execution_id = h.execution_id AND b.attempt > h.attempt
    OFFSET 0) AS b
  WHERE h.duties & ${DUTIES.holds} <> 0;
  PERFORM ledger_settle_holds(settled);
END
$$;
`;

/** Ends an execution that waits in the queue, for its first attempt or another. @returns whether it did. */
const CANCEL = `
CREATE FUNCTION ledger_cancel(project uuid, wanted uuid) RETURNS boolean
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
BEGIN
  -- Not "= 'queued'": that invites the index of what is due, which has to be read in full to find an id.
  PERFORM FROM executions_in_flight f
  WHERE f.project_id = project AND f.execution_id = wanted AND f.status <> 'running' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM ledger_end_uncalled(project, ARRAY[wanted], 'canceled', NULL, NULL);
  RETURN true;
END
$$;

CREATE FUNCTION ledger_cancel_batch(project uuid, wanted uuid) RETURNS integer
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  waiting uuid[];
BEGIN
  -- In the order of ids, as all code takes these locks. What is being claimed at this moment waits no longer.
  waiting := ARRAY(SELECT f.execution_id FROM executions_in_flight f
    WHERE f.project_id = project AND f.batch_id = wanted AND f.status <> 'running'
    ORDER BY f.execution_id FOR UPDATE SKIP LOCKED);
  IF cardinality(waiting) > 0 THEN
    PERFORM ledger_end_uncalled(project, waiting, 'canceled', NULL, NULL);
    UPDATE batches b SET canceled_at = coalesce(b.canceled_at, now()) WHERE b.project_id = project AND b.batch_id = wanted;
  END IF;
  RETURN cardinality(waiting);
END
$$;
`;

export const END_UNCALLED_FUNCTIONS = [
  'ledger_end_uncalled(uuid,uuid[],text,text,text)',
  'ledger_cancel(uuid,uuid)',
  'ledger_cancel_batch(uuid,uuid)',
] as const;

export const CREATE_END_UNCALLED = [END_UNCALLED, CANCEL].join('\n');
