/**
 * The narrow doors through row-level security: what must look across projects (finding a key, claiming work, sweeping)
 * runs as the owner, in functions that do one thing. A database test lists them, so that none is added unseen.
 * `app.system` opens the owner's policy; what is left of it until the transaction ends is of no use to the application's
 * role. (A SET clause would be shorter, but only a superuser may store a setting of its own name in a function.)
 */
const HEAD = 'SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp';
const AS_SYSTEM = `SELECT set_config('app.system', 'on', true);`;

const PARTITION_FUNCTIONS = `
CREATE FUNCTION ledger_ensure_partitions(weeks_ahead integer DEFAULT 4) RETURNS integer
LANGUAGE plpgsql ${HEAD}
AS $$
DECLARE
  week_start timestamptz;
  parent text;
  child text;
  made integer := 0;
BEGIN
  PERFORM set_config('app.system', 'on', true);
  -- Several processes start at once; the second waits and finds nothing left to do.
  PERFORM pg_advisory_xact_lock(hashtext('ledger_ensure_partitions'));
  -- A new partition locks its parent: behind a long report every insert would queue. The next hour is soon enough.
  PERFORM set_config('lock_timeout', '2s', true);
  FOR step IN 0 .. weeks_ahead LOOP
    week_start := (date_trunc('week', now() AT TIME ZONE 'UTC') + make_interval(weeks => step)) AT TIME ZONE 'UTC';
    FOREACH parent IN ARRAY ARRAY['executions', 'execution_inputs', 'execution_outputs', 'execution_attempts'] LOOP
      child := parent || '_' || to_char(week_start AT TIME ZONE 'UTC', 'YYYYMMDD');
      CONTINUE WHEN to_regclass('public.' || quote_ident(child)) IS NOT NULL;
      BEGIN
        EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)', child, parent,
          ledger_uuid7_floor(week_start), ledger_uuid7_floor(week_start + interval '7 days'));
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', child);
        made := made + 1;
      EXCEPTION
        WHEN check_violation THEN
          -- Rows of that week already stand in the default partition. They are safe and readable there; new ones join them.
          RAISE WARNING 'partition % not made: the default partition holds rows of its range', child;
        WHEN lock_not_available THEN
          RAISE WARNING 'partition % not made yet: the table is in use', child;
      END;
    END LOOP;
  END LOOP;
  RETURN made;
END
$$;

CREATE FUNCTION ledger_partition_weeks_ahead() RETURNS integer
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT count(*)::integer
  FROM generate_series(1, 52) AS step
  WHERE to_regclass('public.executions_' || to_char(date_trunc('week', now() AT TIME ZONE 'UTC') + make_interval(weeks => step), 'YYYYMMDD')) IS NOT NULL
$$;
`;

const LOOKUP_FUNCTIONS = `
CREATE FUNCTION ledger_find_project(wanted text) RETURNS uuid
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT project_id FROM public.projects WHERE name = wanted AND archived_at IS NULL
$$;

CREATE FUNCTION ledger_find_key(wanted uuid)
RETURNS TABLE (project_id uuid, key_id uuid, name text, secret_hmac bytea, scopes text[], expires_at timestamptz, revoked_at timestamptz, checked_at timestamptz)
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT k.project_id, k.key_id, k.name, k.secret_hmac, k.scopes, k.expires_at, k.revoked_at, now()
  FROM public.api_keys k JOIN public.projects p USING (project_id)
  WHERE k.key_id = wanted AND p.archived_at IS NULL
$$;

CREATE FUNCTION ledger_touch_key(used uuid) RETURNS void
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  -- At most a write a minute for each key, however often it is used.
  UPDATE public.api_keys SET last_used_at = now()
  WHERE key_id = used AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
$$;

CREATE FUNCTION ledger_applied_migrations() RETURNS text[]
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT array_agg(name::text ORDER BY timestamp) FROM public.migrations
$$;
`;

const WORK_FUNCTIONS = `
CREATE FUNCTION ledger_unfinished_floor() RETURNS uuid
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  -- An hour of slack, for a database clock that was set back: ids made after it may sort before the oldest known.
  -- Each state by itself: a condition on both would use neither of the partial indexes, and read every row there is.
  SELECT ledger_uuid7_floor(least(now(),
    (SELECT min(created_at) FROM public.executions WHERE status = 'queued'),
    (SELECT min(created_at) FROM public.executions WHERE status = 'running')) - interval '1 hour')
$$;

CREATE FUNCTION ledger_claim_executions(slots integer, grace_ms integer, id_floor uuid)
RETURNS TABLE (project_id uuid, execution_id uuid, fence integer, provider text, model_name text,
  timeout_ms integer, rendered_prompt text, rendered_messages text, temperature double precision, top_k integer,
  top_p double precision, repetition_penalty double precision, max_new_tokens integer, further_params text)
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  WITH due AS (
    SELECT e.project_id, e.execution_id
    FROM public.executions e
    WHERE e.status = 'queued' AND e.due_at <= now() AND e.execution_id >= id_floor
    ORDER BY e.due_at, e.execution_id
    LIMIT slots
    FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE public.executions e
    SET status = 'running', fence = e.fence + 1, started_at = coalesce(e.started_at, now()),
      lease_until = now() + make_interval(secs => (e.timeout_ms + grace_ms) / 1000.0)
    FROM due
    WHERE e.project_id = due.project_id AND e.execution_id = due.execution_id
    RETURNING e.*
  )
  SELECT c.project_id, c.execution_id, c.fence, m.provider, m.model_name, c.timeout_ms,
    i.rendered_prompt, i.rendered_messages::text, c.temperature, c.top_k, c.top_p, c.repetition_penalty,
    c.max_new_tokens, c.further_params
  FROM claimed c
  JOIN public.execution_inputs i ON i.project_id = c.project_id AND i.execution_id = c.execution_id
  JOIN public.models m ON m.project_id = c.project_id AND m.model_id = c.model_id
$$;

CREATE FUNCTION ledger_sweep_lapsed(most integer, max_fences integer)
RETURNS TABLE (project_id uuid, execution_id uuid, fence integer, status text)
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  -- Who held these is gone or too late. A call that was dispatched has an unknown outcome; whether it is made again is
  -- the request's choice. A waiting caller's (sync) never is, since nobody waits for it any more.
  WITH lapsed AS (
    SELECT e.project_id, e.execution_id, e.fence, e.execution_mode, e.on_unknown
    FROM public.executions e
    WHERE e.status = 'running' AND e.lease_until < now()
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
    SELECT l.project_id, l.execution_id,
      l.execution_mode = 'async' AND l.fence < max_fences AND (u.execution_id IS NULL OR l.on_unknown = 'retry') AS again
    FROM lapsed l LEFT JOIN unknown u ON u.project_id = l.project_id AND u.execution_id = l.execution_id
  )
  UPDATE public.executions e
  SET status = CASE WHEN v.again THEN 'queued' ELSE 'failed' END,
    due_at = CASE WHEN v.again THEN now() END,
    lease_until = NULL,
    completed_at = CASE WHEN v.again THEN NULL ELSE now() END,
    error_type = CASE WHEN v.again THEN NULL ELSE 'outcome_unknown' END,
    error_message = CASE WHEN v.again THEN NULL ELSE 'The process that ran this execution did not report back within its lease.' END
  FROM verdict v
  WHERE e.project_id = v.project_id AND e.execution_id = v.execution_id
  RETURNING e.project_id, e.execution_id, e.fence, e.status
$$;
`;

/** Signatures, as `regprocedure` prints them. */
export const SYSTEM_FUNCTIONS = [
  'ledger_ensure_partitions(integer)',
  'ledger_partition_weeks_ahead()',
  'ledger_find_project(text)',
  'ledger_find_key(uuid)',
  'ledger_touch_key(uuid)',
  'ledger_applied_migrations()',
  'ledger_unfinished_floor()',
  'ledger_claim_executions(integer,integer,uuid)',
  'ledger_sweep_lapsed(integer,integer)',
] as const;

export const CREATE_FUNCTIONS = [PARTITION_FUNCTIONS, LOOKUP_FUNCTIONS, WORK_FUNCTIONS].join('\n');

export const DROP_FUNCTIONS = SYSTEM_FUNCTIONS.map((signature) => `DROP FUNCTION ${signature};`).join('\n');
