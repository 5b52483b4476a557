import { ACROSS_PROJECTS, AS_SYSTEM, grantExecute } from '../../ledger/create-prompt-ledger/statements.js';

/** The functions that look across projects. */
export const EXPERIMENT_FUNCTIONS = [
  'ledger_claim_experiments(integer,double precision)',
  'ledger_close_experiment_budgets(integer)',
] as const;

const HEAD = `${ACROSS_PROJECTS} SET search_path = pg_catalog, public, pg_temp`;

/** Leases undriven experiments, the oldest first. A former driver finds another fence. */
const CLAIM = `
CREATE FUNCTION ledger_claim_experiments(most integer, lease_ms double precision)
RETURNS TABLE (project_id uuid, experiment_id uuid, fence integer)
LANGUAGE plpgsql VOLATILE ${HEAD}
AS $$
#variable_conflict use_column
BEGIN
  ${AS_SYSTEM}
  RETURN QUERY
  UPDATE public.experiments e
  SET status = 'running', started_at = coalesce(e.started_at, now()), fence = e.fence + 1,
    lease_until = now() + make_interval(secs => lease_ms / 1000)
  FROM (
    SELECT d.project_id, d.experiment_id FROM public.experiments d
    WHERE d.status IN ('queued', 'running') AND (d.lease_until IS NULL OR d.lease_until < now())
    ORDER BY d.experiment_id LIMIT most FOR UPDATE SKIP LOCKED) AS due
  WHERE e.project_id = due.project_id AND e.experiment_id = due.experiment_id
  RETURNING e.project_id, e.experiment_id, e.fence;
END
$$;
`;

/**
 * Closes the budgets of finished experiments once none of their executions is in flight, because a retried call is still
 * held to the limit. It waits some seconds, because the process that drove the experiment may be about to ask for one more.
 */
const CLOSE = `
CREATE FUNCTION ledger_close_experiment_budgets(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE ${HEAD}
AS $$
DECLARE
  closed integer;
BEGIN
  ${AS_SYSTEM}
  WITH over AS (
    SELECT b.project_id, b.budget_id FROM public.budgets b
    JOIN public.experiments e ON e.project_id = b.project_id AND e.experiment_id = b.scope_value::uuid
    WHERE b.scope_kind = 'experiment' AND b.archived_at IS NULL AND e.completed_at < now() - interval '5 seconds'
      AND NOT EXISTS (SELECT FROM public.executions_in_flight f
        WHERE f.project_id = b.project_id AND f.batch_id = e.experiment_id)
    LIMIT most FOR UPDATE OF b SKIP LOCKED
  )
  UPDATE public.budgets b SET archived_at = now() FROM over o
  WHERE b.project_id = o.project_id AND b.budget_id = o.budget_id;
  GET DIAGNOSTICS closed = ROW_COUNT;
  RETURN closed;
END
$$;
`;

export const CREATE_EXPERIMENT_FUNCTIONS = [CLAIM, CLOSE, grantExecute(EXPERIMENT_FUNCTIONS)].join('\n');

export const DROP_EXPERIMENT_FUNCTIONS = EXPERIMENT_FUNCTIONS.map(
  (signature) => `DROP FUNCTION ${signature};`,
).join('\n');
