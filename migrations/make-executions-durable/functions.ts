const HEAD = 'SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp';
const AS_SYSTEM = `SELECT set_config('app.system', 'on', true);`;

/**
 * The projects that have something due, found by one step in the index for each and not by reading what is due: a
 * project with a backlog of a million costs as much as one with a single execution.
 */
const CLAIM = `
CREATE FUNCTION ledger_due_projects(id_floor uuid, after_project uuid, passed_over uuid[], most integer) RETURNS SETOF uuid
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  WITH RECURSIVE due AS (
    (SELECT e.project_id, 1 AS nth FROM public.executions e
     WHERE e.status = 'queued' AND e.due_at <= now() AND e.execution_id >= id_floor AND e.project_id > after_project
       AND e.project_id <> ALL (passed_over)
     ORDER BY e.project_id LIMIT 1)
    UNION ALL
    SELECT next.project_id, due.nth + 1 FROM due CROSS JOIN LATERAL
      (SELECT e.project_id FROM public.executions e
       WHERE e.status = 'queued' AND e.due_at <= now() AND e.execution_id >= id_floor AND e.project_id > due.project_id
         AND e.project_id <> ALL (passed_over)
       ORDER BY e.project_id LIMIT 1) AS next
    WHERE due.nth < most
  )
  SELECT project_id FROM due
$$;

CREATE FUNCTION ledger_claim_fairly(slots integer, lease_ms integer, id_floor uuid, after_project uuid, passed_over uuid[])
RETURNS TABLE (project_id uuid, execution_id uuid, fence integer, provider text, model_name text, timeout_ms integer,
  attempts_made integer, max_attempts integer, rendered_prompt text, rendered_messages text, temperature double precision,
  top_k integer, top_p double precision, repetition_penalty double precision, max_new_tokens integer, further_params text)
LANGUAGE plpgsql ${HEAD}
AS $$
DECLARE
  lowest constant uuid := '00000000-0000-0000-0000-000000000000';
  projects uuid[];
  project uuid;
  free integer := slots;
  visited integer;
  taken integer;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  -- Round the circle of projects, beginning after the one that was served last: the share of each is equal over time,
  -- however much of it is due.
  projects := ARRAY(SELECT ledger_due_projects(id_floor, after_project, passed_over, slots));
  IF cardinality(projects) < slots AND after_project > lowest THEN
    projects := projects || ARRAY(SELECT due FROM ledger_due_projects(id_floor, lowest, passed_over, slots) AS due
      WHERE due <= after_project LIMIT slots - cardinality(projects));
  END IF;
  -- In the second round the slots that some did not need go to those that have more.
  FOR round IN 1 .. 2 LOOP
    visited := 0;
    FOREACH project IN ARRAY projects LOOP
      EXIT WHEN free <= 0;
      RETURN QUERY
        WITH due AS (
          SELECT e.project_id, e.execution_id
          FROM public.executions e
          WHERE e.project_id = project AND e.status = 'queued' AND e.due_at <= now() AND e.execution_id >= id_floor
          ORDER BY e.due_at, e.execution_id
          LIMIT ceil(free::numeric / (cardinality(projects) - visited))
          FOR UPDATE SKIP LOCKED
        ), claimed AS (
          UPDATE public.executions e
          SET status = 'running', fence = e.fence + 1, started_at = coalesce(e.started_at, greatest(now(), e.created_at)),
            lease_until = now() + make_interval(secs => lease_ms / 1000.0)
          FROM due
          WHERE e.project_id = due.project_id AND e.execution_id = due.execution_id
          RETURNING e.*
        )
        SELECT c.project_id, c.execution_id, c.fence, m.provider, m.model_name, c.timeout_ms, c.attempts_made, c.max_attempts,
          i.rendered_prompt, i.rendered_messages::text, c.temperature, c.top_k, c.top_p, c.repetition_penalty,
          c.max_new_tokens, c.further_params
        FROM claimed c
        JOIN public.execution_inputs i ON i.project_id = c.project_id AND i.execution_id = c.execution_id
        JOIN public.models m ON m.project_id = c.project_id AND m.model_id = c.model_id;
      GET DIAGNOSTICS taken = ROW_COUNT;
      free := free - taken;
      visited := visited + 1;
    END LOOP;
    EXIT WHEN free <= 0 OR free = slots;
  END LOOP;
END
$$;
`;

const SWEEP = `
CREATE FUNCTION ledger_sweep_lapsed(most integer, max_lapses integer, settle_ms integer)
RETURNS TABLE (project_id uuid, execution_id uuid, fence integer, status text)
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  -- Who held these is gone or too late. A call that was dispatched has an unknown outcome; whether it is made again is
  -- the request's choice, within its attempts. A waiting caller's (sync) never is, since nobody waits for it any more.
  WITH lapsed AS (
    SELECT e.project_id, e.execution_id, e.fence, e.execution_mode, e.on_unknown, e.attempts_made,
      e.max_attempts, e.lapses
    FROM public.executions e
    WHERE e.status = 'running' AND e.lease_until < now()
      -- A server that has just come back gives the living the time to renew what they could not.
      AND pg_postmaster_start_time() < now() - make_interval(secs => settle_ms / 1000.0)
    ORDER BY e.lease_until
    LIMIT most
    FOR UPDATE SKIP LOCKED
  ), unknown AS (
    UPDATE public.execution_attempts a
    SET status = 'outcome_unknown', error_type = 'outcome_unknown', completed_at = now(),
      error_message = 'The process that made this call did not report back within its lease.'
    FROM lapsed l
    WHERE a.project_id = l.project_id AND a.execution_id = l.execution_id AND a.fence = l.fence AND a.status = 'dispatched'
    RETURNING a.project_id, a.execution_id
  ), verdict AS (
    SELECT l.project_id, l.execution_id, l.execution_mode = 'async' AND l.lapses + 1 < max_lapses
      AND (u.execution_id IS NULL OR (l.on_unknown = 'retry' AND l.attempts_made < l.max_attempts)) AS again
    FROM lapsed l LEFT JOIN unknown u ON u.project_id = l.project_id AND u.execution_id = l.execution_id
  )
  UPDATE public.executions e
  SET status = CASE WHEN v.again THEN 'queued' ELSE 'failed' END,
    due_at = CASE WHEN v.again THEN now() END,
    lease_until = NULL,
    lapses = e.lapses + 1,
    completed_at = CASE WHEN v.again THEN NULL ELSE now() END,
    error_type = CASE WHEN v.again THEN NULL ELSE 'outcome_unknown' END,
    error_message = CASE WHEN v.again THEN NULL ELSE 'The process that ran this execution did not report back within its lease.' END
  FROM verdict v
  WHERE e.project_id = v.project_id AND e.execution_id = v.execution_id
  RETURNING e.project_id, e.execution_id, e.fence, e.status
$$;
`;

const UPKEEP = `
CREATE FUNCTION ledger_queue_depths(most integer) RETURNS TABLE (project_id uuid, queued integer)
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  -- Counts no further than it matters: to a limit, in the index.
  WITH RECURSIVE waiting AS (
    (SELECT e.project_id FROM public.executions e WHERE e.status = 'queued' ORDER BY e.project_id LIMIT 1)
    UNION ALL
    SELECT next.project_id FROM waiting CROSS JOIN LATERAL
      (SELECT e.project_id FROM public.executions e
       WHERE e.status = 'queued' AND e.project_id > waiting.project_id ORDER BY e.project_id LIMIT 1) AS next
  )
  SELECT w.project_id, (SELECT count(*)::integer FROM
    (SELECT FROM public.executions e WHERE e.status = 'queued' AND e.project_id = w.project_id LIMIT most) AS counted)
  FROM waiting w
$$;

CREATE FUNCTION ledger_expire_idempotency_keys(most integer) RETURNS integer
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  WITH expired AS (
    SELECT k.project_id, k.route, k.key
    FROM public.idempotency_keys k
    WHERE k.expires_at < now() AND NOT EXISTS (
      SELECT FROM public.executions e
      WHERE e.project_id = k.project_id AND e.execution_id = k.execution_id AND e.status IN ('queued', 'running'))
    -- Of a batch the key has the batch's id.
    AND NOT EXISTS (
      SELECT FROM public.executions e
      WHERE e.project_id = k.project_id AND e.batch_id = k.execution_id AND e.status IN ('queued', 'running'))
    ORDER BY k.expires_at
    LIMIT most
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM public.idempotency_keys k USING expired x
    WHERE k.project_id = x.project_id AND k.route = x.route AND k.key = x.key
    RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;
`;

/** Signatures, as `regprocedure` prints them. Further doors through row-level security beside those of the first migration. */
export const SYSTEM_FUNCTIONS = [
  'ledger_claim_fairly(integer,integer,uuid,uuid,uuid[])',
  'ledger_due_projects(uuid,uuid,uuid[],integer)',
  'ledger_sweep_lapsed(integer,integer,integer)',
  'ledger_queue_depths(integer)',
  'ledger_expire_idempotency_keys(integer)',
] as const;

const GRANTS = SYSTEM_FUNCTIONS.map(
  (signature) => `
REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ${signature} TO prompt_ledger_app;`,
).join('');

/**
 * `ledger_claim_executions` and the older `ledger_sweep_lapsed` stay: processes of the version before still call them
 * while a fleet is being replaced.
 */
export const ADD_FUNCTIONS = [CLAIM, SWEEP, UPKEEP, GRANTS].join('\n');

export const DROP_FUNCTIONS = SYSTEM_FUNCTIONS.map((signature) => `DROP FUNCTION ${signature};`).join('\n');
