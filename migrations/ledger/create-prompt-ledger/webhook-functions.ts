const HEAD = 'SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp';
const AS_SYSTEM = `SELECT set_config('app.system', 'on', true);`;

/**
 * Claims due deliveries in turns: the first of each project, then the second of each. `share` is the most that one project may have under
 * way in a process, and `busy` is what it has already ({"project id": count}), so that a project whose receivers hang leaves slots to the
 * others.
 *
 * Candidates are chosen without locks, and one that another process has taken meanwhile is skipped. Two processes that look at once get
 * fewer, and look again a moment later.
 */
const CLAIM = `
CREATE FUNCTION ledger_claim_webhooks(slots integer, share integer, busy jsonb, lease_ms integer)
RETURNS TABLE (project_id uuid, event_id uuid, kind text, subject text, attempt integer, url text, event text,
  salts bytea[], claimed_at timestamptz)
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  -- One step in the index for each project that waits for anything: a look that finds nothing costs next to nothing.
  WITH RECURSIVE waiting AS (
    (SELECT o.project_id FROM public.outbox o WHERE o.done_at IS NULL AND o.due_at IS NOT NULL ORDER BY o.project_id LIMIT 1)
    UNION ALL
    SELECT next.project_id FROM waiting CROSS JOIN LATERAL
      (SELECT o.project_id FROM public.outbox o
       WHERE o.done_at IS NULL AND o.due_at IS NOT NULL AND o.project_id > waiting.project_id
       ORDER BY o.project_id LIMIT 1) AS next
  ), candidate AS (
    SELECT d.*
    FROM waiting p
    CROSS JOIN LATERAL (SELECT coalesce((busy ->> p.project_id::text)::integer, 0) AS under_way) AS b
    CROSS JOIN LATERAL (
      SELECT o.project_id, o.event_id, o.due_at,
        b.under_way + row_number() OVER (ORDER BY o.due_at, o.event_id) AS turn
      FROM public.outbox o
      WHERE o.project_id = p.project_id AND o.done_at IS NULL AND o.due_at <= now()
      ORDER BY o.due_at, o.event_id
      LIMIT greatest(0, least(slots, share - b.under_way))) AS d
    ORDER BY d.turn, d.due_at
    LIMIT slots
  ), due AS (
    SELECT o.project_id, o.event_id
    FROM public.outbox o JOIN candidate c ON c.project_id = o.project_id AND c.event_id = o.event_id
    WHERE o.done_at IS NULL AND o.due_at <= now()
    FOR UPDATE OF o SKIP LOCKED
  ), claimed AS (
    UPDATE public.outbox o
    SET attempts = o.attempts + 1, due_at = now() + make_interval(secs => lease_ms / 1000.0)
    FROM due
    WHERE o.project_id = due.project_id AND o.event_id = due.event_id
    RETURNING o.*
  )
  SELECT c.project_id, c.event_id, c.kind, c.subject, c.attempts, c.body ->> 'url', (c.body -> 'event')::text,
    ARRAY(SELECT s.salt FROM public.webhook_secrets s
      WHERE s.project_id = c.project_id AND (s.expires_at IS NULL OR s.expires_at > now())
      ORDER BY s.secret_id DESC),
    clock_timestamp()
  FROM claimed c
$$;
`;

/** One statement marks and announces, so that however many processes look, a batch is announced once. */
const COMPLETE_BATCHES = `
CREATE FUNCTION ledger_complete_batches(most integer) RETURNS integer
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  WITH over AS (
    SELECT b.project_id, b.batch_id
    FROM public.batches b
    WHERE b.completed_at IS NULL AND b.callback_url IS NOT NULL AND NOT EXISTS (
      SELECT FROM public.executions_in_flight f
      WHERE f.project_id = b.project_id AND f.batch_id = b.batch_id)
    ORDER BY b.created_at
    LIMIT most
    FOR UPDATE SKIP LOCKED
  ), marked AS (
    UPDATE public.batches b SET completed_at = now()
    FROM over o
    WHERE b.project_id = o.project_id AND b.batch_id = o.batch_id
    RETURNING b.*
  ), announced AS (
    INSERT INTO public.outbox (project_id, kind, subject, due_at, body)
    SELECT m.project_id, 'batch.completed', m.batch_id::text, now(), json_build_object(
      'url', m.callback_url,
      'event', json_build_object(
        'type', 'batch.completed',
        'timestamp', ledger_wire_time(m.completed_at),
        'data', json_build_object(
          'batch_id', m.batch_id,
          'prompt_name', p.name,
          'version_number', v.version_number,
          'environment', m.environment,
          'size', m.size,
          'counts', json_build_object('succeeded', c.succeeded, 'failed', c.failed, 'canceled', c.canceled),
          'created_at', ledger_wire_time(m.created_at),
          'completed_at', ledger_wire_time(m.completed_at))))
    FROM marked m
    JOIN public.prompt_versions v ON v.project_id = m.project_id AND v.version_id = m.version_id
    JOIN public.prompts p ON p.project_id = v.project_id AND p.prompt_id = v.prompt_id
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE e.status = 'succeeded') AS succeeded,
        count(*) FILTER (WHERE e.status = 'failed') AS failed,
        count(*) FILTER (WHERE e.status = 'canceled') AS canceled
      FROM public.executions e
      WHERE e.project_id = m.project_id AND e.batch_id = m.batch_id) AS c
    RETURNING 1
  )
  SELECT count(*)::integer FROM announced
$$;
`;

/** Deliveries are deleted with their events. */
const FORGET = `
CREATE FUNCTION ledger_forget_outbox(keep_days integer, most integer) RETURNS integer
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  WITH old AS (
    SELECT o.project_id, o.event_id
    FROM public.outbox o
    WHERE o.done_at < now() - make_interval(days => keep_days)
    ORDER BY o.done_at
    LIMIT most
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM public.outbox o USING old
    WHERE o.project_id = old.project_id AND o.event_id = old.event_id
    RETURNING 1
  )
  SELECT count(*)::integer FROM gone
$$;
`;

export const WEBHOOK_SYSTEM_FUNCTIONS = [
  'ledger_claim_webhooks(integer,integer,jsonb,integer)',
  'ledger_complete_batches(integer)',
  'ledger_forget_outbox(integer,integer)',
] as const;

export const CREATE_WEBHOOK_FUNCTIONS = [CLAIM, COMPLETE_BATCHES, FORGET].join('\n');
