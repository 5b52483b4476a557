import { ACROSS_PROJECTS, AS_SYSTEM, HOT, placesOf, recordset } from './statements.js';

/** An entry of `ledger_call`: an attempt that is about to be made. */
export const CALL_ENTRY = {
  project_id: 'uuid',
  execution_id: 'uuid',
  fence: 'integer',
  /** One more than the claim says were made, so that the statement may be sent twice. */
  attempt: 'integer',
  model_id: 'uuid',
  lease_ms: 'integer',
} as const;

/**
 * Says of executions that a provider is being called, and for how long: after this commit the socket may be opened. The lease
 * begins again here, so the call gets all its time however long the claim has waited.
 * @returns those that are still the caller's, and what their tokens are counted against.
 */
const CALL = `
CREATE FUNCTION ledger_call(entries json, projects uuid[])
RETURNS TABLE (execution_id uuid, fence integer, key_id uuid, tokens_per_minute integer)
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  entry record;
BEGIN
  PERFORM set_config('app.project_ids', projects::text, true);
  FOR entry IN SELECT * FROM ${recordset('entries', CALL_ENTRY, 'n')} LOOP
    UPDATE executions_in_flight f SET attempt = entry.attempt, model_id = entry.model_id,
      attempt_started_at = coalesce(f.attempt_started_at, clock_timestamp()), lease_until = now() + make_interval(secs => entry.lease_ms / 1000.0)
    WHERE f.project_id = entry.project_id AND f.execution_id = entry.execution_id AND f.fence = entry.fence AND f.status <> 'queued'
      AND (f.attempt_started_at IS NULL OR f.attempt = entry.attempt)
    RETURNING f.key_id INTO key_id;
    CONTINUE WHEN NOT FOUND;
    execution_id := entry.execution_id;
    fence := entry.fence;
    tokens_per_minute := NULL;
    IF key_id IS NOT NULL THEN
      SELECT k.tokens_per_minute INTO tokens_per_minute FROM api_keys k WHERE k.project_id = entry.project_id AND k.key_id = ledger_call.key_id;
    END IF;
    RETURN NEXT;
  END LOOP;
END
$$;
`;

/**
 * The projects that have something due. Each is asked by itself, from the floor on: a backlog of a million costs as much as a
 * single execution, and the dead rows of what was claimed before are passed over. Steps from one waiting project to the next
 * would be fewer, but before PostgreSQL 18 each of them walks through the dead rows of the project that it comes to.
 */
const DUE_PROJECTS = `
CREATE FUNCTION ledger_due_projects(due_floor timestamptz, after_project uuid, passed_over uuid[], most integer) RETURNS uuid[]
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
BEGIN
  ${AS_SYSTEM}
  RETURN ARRAY(SELECT p.project_id FROM projects p CROSS JOIN LATERAL (
      SELECT FROM executions_in_flight f
      WHERE f.status = 'queued' AND f.project_id = p.project_id AND f.due_at >= due_floor AND f.due_at <= now()
      ORDER BY f.due_at LIMIT 1) AS due
    WHERE p.project_id > after_project AND p.project_id <> ALL (passed_over)
    ORDER BY p.project_id LIMIT most);
END
$$;
`;

/**
 * Takes what is due for `slots` free places: round the circle of projects, beginning after the one that was served last, so that
 * over time each has the same share however much of it is due.
 * @param due_floor nothing is due before it: where the reader begins, past the dead rows of what was claimed already.
 */
const CLAIM = `
CREATE FUNCTION ledger_claim(slots integer, lease_ms integer, due_floor timestamptz, after_project uuid, passed_over uuid[])
RETURNS TABLE (project_id uuid, execution_id uuid, fence integer, provider text, model_name text, timeout_ms integer,
  attempts_made integer, max_attempts integer, rendered_prompt text, rendered_messages text, temperature double precision,
  top_k integer, top_p double precision, repetition_penalty double precision, max_new_tokens integer, further_params text,
  model_id uuid, targets json, on_budget text, content json, duties integer)
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  lowest constant uuid := '00000000-0000-0000-0000-000000000000';
  projects uuid[];
  project uuid;
  chosen uuid[];
  free integer := slots;
  visited integer;
BEGIN
  ${AS_SYSTEM}
  projects := ledger_due_projects(due_floor, after_project, passed_over, slots);
  IF cardinality(projects) < slots AND after_project > lowest THEN
    projects := projects || ARRAY(SELECT p FROM unnest(ledger_due_projects(due_floor, lowest, passed_over, slots)) AS p
      WHERE p <= after_project LIMIT slots - cardinality(projects));
  END IF;
  -- In the second round, the slots that some did not need go to those that have more.
  FOR round IN 1 .. 2 LOOP
    visited := 0;
    FOREACH project IN ARRAY projects LOOP
      EXIT WHEN free <= 0;
      chosen := ARRAY(SELECT f.execution_id FROM executions_in_flight f
        WHERE f.project_id = project AND f.status = 'queued' AND f.due_at >= due_floor AND f.due_at <= now()
        ORDER BY f.due_at, f.execution_id
        LIMIT ceil(free::numeric / (cardinality(projects) - visited))
        FOR UPDATE SKIP LOCKED);
      visited := visited + 1;
      CONTINUE WHEN cardinality(chosen) = 0;
      free := free - cardinality(chosen);
      RETURN QUERY
        WITH claimed AS (
          UPDATE executions_in_flight f
          SET status = 'running', due_at = NULL, fence = f.fence + 1, started_at = coalesce(f.started_at, greatest(now(), f.created_at)),
            lease_until = now() + make_interval(secs => lease_ms / 1000.0)
          WHERE f.ctid = ANY (${placesOf('(SELECT project, unnest(chosen))')})
          RETURNING f.*
        )
        SELECT c.project_id, c.execution_id, c.fence, m.provider, m.model_name, c.timeout_ms, c.attempt, c.max_attempts,
          i.rendered_prompt, i.rendered_messages::text, c.temperature, c.top_k, c.top_p, c.repetition_penalty, c.max_new_tokens,
          c.further_params, c.model_id, c.targets, c.on_budget, v.content, c.duties
        FROM claimed c
        CROSS JOIN LATERAL (SELECT i.rendered_prompt, i.rendered_messages FROM execution_inputs i
          WHERE i.project_id = c.project_id AND i.execution_id = c.execution_id OFFSET 0) AS i
        CROSS JOIN LATERAL (SELECT m.provider, m.model_name FROM models m
          WHERE m.project_id = c.project_id AND m.model_id = c.model_id OFFSET 0) AS m
        LEFT JOIN LATERAL (SELECT v.content FROM prompt_versions v
          WHERE v.project_id = c.project_id AND v.version_id = c.version_id OFFSET 0) AS v ON true;
    END LOOP;
    EXIT WHEN free <= 0 OR free = slots;
  END LOOP;
END
$$;
`;

/** The leases that lapsed longest ago are looked at first; a row that Postgres refuses must not hold the others up. */
const SWEEP = `
CREATE FUNCTION ledger_sweep_lapsed(most integer, max_lapses integer, settle_ms integer)
RETURNS TABLE (project_id uuid, execution_id uuid, fence integer, status text)
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  f record;
  again boolean;
BEGIN
  ${AS_SYSTEM}
  -- A server that has just come back gives the living the time to renew what they could not.
  IF pg_postmaster_start_time() > now() - make_interval(secs => settle_ms / 1000.0) THEN
    RETURN;
  END IF;
  -- One process at a time: what it does the others would only wait for.
  IF NOT pg_try_advisory_xact_lock(hashtext('ledger_sweep_lapsed')) THEN
    RETURN;
  END IF;
  FOR f IN
    SELECT e.* FROM executions_in_flight e WHERE e.status = 'running' AND e.lease_until < now()
    ORDER BY e.lease_until LIMIT most FOR UPDATE SKIP LOCKED
  LOOP
    -- Who held it is gone or too late. Of a call that was being made nobody knows the outcome; whether it is made again is the
    -- request's choice, within its attempts. One that somebody waited for never is: nobody waits for it any more.
    again := f.execution_mode = 'async' AND f.lapses + 1 < max_lapses
      AND (f.attempt_started_at IS NULL OR (f.on_unknown = 'retry' AND f.attempt < f.max_attempts));
    BEGIN
      IF f.attempt_started_at IS NOT NULL THEN
        INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, model_id, error_type, error_message, started_at, completed_at)
        SELECT f.project_id, f.execution_id, f.attempt, f.fence, 'outcome_unknown', m.provider, m.model_name, f.model_id, 'outcome_unknown',
          'The process that made this call did not report back within its lease.', f.attempt_started_at, now()
        FROM models m WHERE m.project_id = f.project_id AND m.model_id = f.model_id;
      END IF;
      IF again THEN
        UPDATE executions_in_flight e SET status = 'queued', due_at = now(), lease_until = NULL, attempt_started_at = NULL, lapses = e.lapses + 1
        WHERE e.project_id = f.project_id AND e.execution_id = f.execution_id;
      ELSE
        PERFORM ledger_end_uncalled(f.project_id, ARRAY[f.execution_id], 'failed', 'outcome_unknown',
          'The process that ran this execution did not report back within its lease.');
      END IF;
      status := CASE WHEN again THEN 'queued' ELSE 'failed' END;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'execution % could not be settled: %', f.execution_id, SQLERRM;
      status := ledger_give_up(f.project_id, f.execution_id);
    END;
    CONTINUE WHEN status IS NULL;
    project_id := f.project_id;
    execution_id := f.execution_id;
    fence := f.fence;
    RETURN NEXT;
  END LOOP;
END
$$;

CREATE FUNCTION ledger_give_up(project uuid, wanted uuid) RETURNS text
LANGUAGE plpgsql ${HOT}
AS $$
BEGIN
  -- A call that was being made may have been billed: without its attempt, what was held for it would be given back.
  INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, model_id, error_type, started_at)
  SELECT f.project_id, f.execution_id, f.attempt, f.fence, 'outcome_unknown', m.provider, m.model_name, f.model_id, 'outcome_unknown', f.attempt_started_at
  FROM executions_in_flight f JOIN models m ON m.project_id = f.project_id AND m.model_id = f.model_id
  WHERE f.project_id = project AND f.execution_id = wanted AND f.attempt_started_at IS NOT NULL
  ON CONFLICT DO NOTHING;
  PERFORM ledger_end_uncalled(project, ARRAY[wanted], 'failed', 'internal', 'The ledger could not settle this execution.');
  RETURN 'failed';
EXCEPTION WHEN OTHERS THEN
  -- Not even so: it is looked at again later, behind all others.
  UPDATE executions_in_flight f SET lease_until = now() + interval '1 minute' WHERE f.project_id = project AND f.execution_id = wanted;
  RETURN NULL;
END
$$;
`;

const UPKEEP = `
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

CREATE FUNCTION ledger_expire_idempotency_keys(most integer) RETURNS integer
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
DECLARE
  removed integer;
BEGIN
  ${AS_SYSTEM}
  WITH expired AS (
    SELECT k.project_id, k.route, k.key
    FROM idempotency_keys k
    WHERE k.expires_at < now() AND NOT EXISTS (
      SELECT FROM executions_in_flight f
      WHERE f.project_id = k.project_id AND f.execution_id = k.execution_id)
    -- The key of a batch has the batch's id.
    AND NOT EXISTS (
      SELECT FROM executions_in_flight f
      WHERE f.project_id = k.project_id AND f.batch_id = k.execution_id)
    ORDER BY k.expires_at
    LIMIT most
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM idempotency_keys k USING expired x
    WHERE k.project_id = x.project_id AND k.route = x.route AND k.key = x.key
    RETURNING 1
  )
  SELECT count(*)::integer INTO removed FROM gone;
  RETURN removed;
END
$$;

CREATE FUNCTION ledger_expire_responses(most integer) RETURNS integer
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
DECLARE
  removed integer;
BEGIN
  ${AS_SYSTEM}
  WITH expired AS (
    SELECT c.project_id, c.cache_key FROM response_cache c
    WHERE c.expires_at < now()
    ORDER BY c.expires_at
    LIMIT most
    FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM response_cache c USING expired x
    WHERE c.project_id = x.project_id AND c.cache_key = x.cache_key
    RETURNING 1
  )
  SELECT count(*)::integer INTO removed FROM gone;
  RETURN removed;
END
$$;
`;

export const CALL_FUNCTIONS = ['ledger_call(json,uuid[])', 'ledger_give_up(uuid,uuid)'] as const;

export const WORK_SYSTEM_FUNCTIONS = [
  'ledger_due_projects(timestamp with time zone,uuid,uuid[],integer)',
  'ledger_claim(integer,integer,timestamp with time zone,uuid,uuid[])',
  'ledger_sweep_lapsed(integer,integer,integer)',
  'ledger_queue_depths(integer)',
  'ledger_expire_idempotency_keys(integer)',
  'ledger_expire_responses(integer)',
] as const;

export const CREATE_WORK = [CALL, DUE_PROJECTS, CLAIM, SWEEP, UPKEEP].join('\n');
