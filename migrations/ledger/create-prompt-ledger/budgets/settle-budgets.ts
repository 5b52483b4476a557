/**
 * Ends holds. `ended` says for each attempt of an execution how much of its hold was spent; null means all of it. A hold that
 * no longer exists was settled before, so nothing is counted twice.
 */
const SETTLE = `
CREATE FUNCTION ledger_settle_holds(ended json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF ended IS NULL OR ended::text = '[]' THEN
    RETURN;
  END IF;
  PERFORM FROM public.budget_periods p
    WHERE (p.project_id, p.budget_id, p.period_start) IN (
      SELECT h.project_id, h.budget_id, h.period_start FROM public.budget_holds h
      JOIN json_to_recordset(ended) AS e(project_id uuid, execution_id uuid, attempt integer)
        ON h.project_id = e.project_id AND h.execution_id = e.execution_id AND h.attempt = e.attempt)
    ORDER BY p.project_id, p.budget_id, p.period_start FOR UPDATE;
  WITH gone AS (
    DELETE FROM public.budget_holds h
    USING json_to_recordset(ended) AS e(project_id uuid, execution_id uuid, attempt integer, spent_pico_usd numeric)
    WHERE h.project_id = e.project_id AND h.execution_id = e.execution_id AND h.attempt = e.attempt
    RETURNING h.*, coalesce(e.spent_pico_usd, h.held_pico_usd) AS spent_pico_usd
  ), summed AS (
    SELECT g.project_id, g.budget_id, g.period_start, sum(g.held_pico_usd) AS held_pico_usd, sum(g.spent_pico_usd) AS spent_pico_usd
    FROM gone g GROUP BY 1, 2, 3
  )
  UPDATE public.budget_periods p
  SET held_pico_usd = p.held_pico_usd - s.held_pico_usd, spent_pico_usd = p.spent_pico_usd + s.spent_pico_usd
  FROM summed s
  WHERE p.project_id = s.project_id AND p.budget_id = s.budget_id AND p.period_start = s.period_start;
END
$$;
`;

/**
 * Settles holds that expired unsettled. The cost of a call that was made is unknown, so all of its hold is spent. A request that was never
 * sent (no attempt, or not even an execution) cost nothing. An execution in flight keeps its hold.
 *
 * It never waits: a period that another transaction has locked is left for the next time, with every hold that reaches into it, so that an
 * attempt counts alike in all of its budgets. Settling a hold locks its period, so these locks exclude all others.
 */
const EXPIRE = `
CREATE FUNCTION ledger_expire_holds(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  ended json;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  WITH candidate AS MATERIALIZED (
    SELECT h.project_id, h.execution_id, h.attempt FROM public.budget_holds h
    WHERE h.expires_at < now() AND NOT EXISTS (
      SELECT FROM public.executions_in_flight f
      WHERE f.project_id = h.project_id AND f.execution_id = h.execution_id)
    GROUP BY 1, 2, 3 ORDER BY min(h.expires_at)
    LIMIT most
  ), held AS MATERIALIZED (
    SELECT h.* FROM public.budget_holds h JOIN candidate c USING (project_id, execution_id, attempt)
  ), locked AS MATERIALIZED (
    SELECT p.project_id, p.budget_id, p.period_start FROM public.budget_periods p
    WHERE (p.project_id, p.budget_id, p.period_start) IN (SELECT h.project_id, h.budget_id, h.period_start FROM held h)
    ORDER BY p.project_id, p.budget_id, p.period_start
    FOR UPDATE SKIP LOCKED
  )
  SELECT json_agg(json_build_object('project_id', c.project_id, 'execution_id', c.execution_id, 'attempt', c.attempt,
    'spent_pico_usd', CASE WHEN NOT EXISTS (SELECT FROM public.execution_attempts a
      WHERE a.project_id = c.project_id AND a.execution_id = c.execution_id AND a.attempt = c.attempt) THEN 0 END))
  INTO ended
  FROM candidate c
  WHERE NOT EXISTS (
    SELECT FROM held h LEFT JOIN locked l USING (project_id, budget_id, period_start)
    WHERE h.project_id = c.project_id AND h.execution_id = c.execution_id AND h.attempt = c.attempt AND l.budget_id IS NULL);
  PERFORM ledger_settle_holds(ended);
  RETURN coalesce(json_array_length(ended), 0);
END
$$;
`;

export const SETTLE_SYSTEM_FUNCTIONS = ['ledger_expire_holds(integer)'] as const;

export const SETTLE_FUNCTIONS = ['ledger_settle_holds(json)'] as const;

export const CREATE_SETTLE_BUDGETS = [SETTLE, EXPIRE].join('\n');
