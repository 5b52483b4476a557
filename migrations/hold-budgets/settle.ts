/** As before, and nothing at all for nothing: an insert of executions calls it whether or not there is what to settle. */
const SETTLE = `
CREATE OR REPLACE FUNCTION ledger_settle_holds(ended json) RETURNS void
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
 * Gives back what was held for executions that were not inserted. An execution that is there keeps its hold, so that
 * an insert which is sent again after a lost answer, and inserts nothing because the first one did, takes nothing away.
 */
const RELEASE = `
CREATE FUNCTION ledger_release_holds(given_up json) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  ended json;
BEGIN
  IF given_up IS NULL OR given_up::text = '[]' THEN
    RETURN;
  END IF;
  SELECT json_agg(json_build_object('project_id', g.project_id, 'execution_id', g.execution_id, 'attempt', g.attempt, 'spent_pico_usd', 0))
  INTO ended
  FROM json_to_recordset(given_up) AS g(project_id uuid, execution_id uuid, attempt integer)
  WHERE NOT EXISTS (SELECT FROM public.executions e WHERE e.project_id = g.project_id AND e.execution_id = g.execution_id);
  PERFORM ledger_settle_holds(ended);
END
$$;
REVOKE ALL ON FUNCTION ledger_release_holds(json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_release_holds(json) TO prompt_ledger_app;
`;

/**
 * What nobody settled in its time. Of a call that was made nobody knows what it cost: all of its hold is spent. What
 * was never sent (no attempt, or not even an execution) cost nothing. What still runs keeps its hold.
 *
 * It waits for nobody: a period that somebody works on is left for the next time, with every hold that reaches into
 * it, so that an attempt counts alike in all of its budgets. Who settles a hold has its period locked, so behind these
 * locks nobody else is at them.
 */
const EXPIRE = `
CREATE OR REPLACE FUNCTION ledger_expire_holds(most integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  ended json;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  WITH candidate AS MATERIALIZED (
    SELECT h.project_id, h.execution_id, h.attempt FROM public.budget_holds h
    WHERE h.expires_at < now() AND NOT EXISTS (
      SELECT FROM public.executions e
      WHERE e.project_id = h.project_id AND e.execution_id = h.execution_id AND e.status IN ('queued', 'running'))
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

/**
 * Every claim, renewal and finish updates executions: those that end none look no further, and those that end some
 * look up the holds of these, however many others there are (OFFSET 0 keeps the planner from reading all).
 */
const RELEASE_UNSENT = `
CREATE OR REPLACE FUNCTION ledger_release_unsent_holds() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  ended json;
BEGIN
  IF NOT EXISTS (SELECT FROM after_rows n WHERE n.status IN ('succeeded', 'failed', 'canceled')) THEN
    RETURN NULL;
  END IF;
  SELECT json_agg(json_build_object('project_id', n.project_id, 'execution_id', n.execution_id, 'attempt', h.attempt, 'spent_pico_usd', 0))
  INTO ended
  FROM after_rows n
  CROSS JOIN LATERAL (
    SELECT DISTINCT h.attempt FROM public.budget_holds h
    WHERE h.project_id = n.project_id AND h.execution_id = n.execution_id
    OFFSET 0) AS h
  WHERE n.status IN ('succeeded', 'failed', 'canceled') AND NOT EXISTS (
    SELECT FROM public.execution_attempts a
    WHERE a.project_id = n.project_id AND a.execution_id = n.execution_id AND a.attempt = h.attempt);
  IF ended IS NOT NULL THEN
    PERFORM ledger_settle_holds(ended);
  END IF;
  RETURN NULL;
END
$$;
`;

/**
 * As before, but a failure is free only where no piece of an answer had come: what a vendor has begun to write it bills, however
 * the call ends.
 */
const SETTLE_ATTEMPTS = `
CREATE OR REPLACE FUNCTION ledger_settle_attempts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  ended json;
BEGIN
  SELECT json_agg(json_build_object('project_id', n.project_id, 'execution_id', n.execution_id, 'attempt', n.attempt,
    'spent_pico_usd', CASE WHEN n.status = 'failed' THEN coalesce(n.cost_pico_usd, 0) ELSE n.cost_pico_usd END))
  INTO ended
  FROM after_rows n
  JOIN before_rows o ON o.project_id = n.project_id AND o.execution_id = n.execution_id AND o.attempt = n.attempt
  WHERE n.status <> o.status
    AND (n.status = 'succeeded' OR n.cost_pico_usd IS NOT NULL
      OR (n.status = 'failed' AND n.first_token_ms IS NULL
        AND n.error_type IN ('rate_limited', 'provider_rejected', 'provider_error', 'internal')))
    AND EXISTS (SELECT FROM public.budget_holds h
      WHERE h.project_id = n.project_id AND h.execution_id = n.execution_id AND h.attempt = n.attempt);
  IF ended IS NOT NULL THEN
    PERFORM ledger_settle_holds(ended);
  END IF;
  RETURN NULL;
END
$$;
`;

export const SETTLEMENT = [SETTLE, SETTLE_ATTEMPTS, RELEASE, EXPIRE, RELEASE_UNSENT].join('\n');
