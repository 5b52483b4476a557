import { ACROSS_PROJECTS, AS_SYSTEM, HOT } from '../statements.js';

/** The sweep starts with the leases that lapsed longest ago. A row that Postgres refuses must not block the others. */
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
`;

/** Ends a row that Postgres refuses to settle. @returns `failed`, or null when even that fails. */
const GIVE_UP = `
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

export const SWEEP_SYSTEM_FUNCTIONS = ['ledger_sweep_lapsed(integer,integer,integer)'] as const;

/** Only the sweep calls these. */
export const SWEEP_FUNCTIONS = ['ledger_give_up(uuid,uuid)'] as const;

export const CREATE_SWEEP = [SWEEP, GIVE_UP].join('\n');
