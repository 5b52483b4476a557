import { ACROSS_PROJECTS, AS_SYSTEM, HOT, numberPlaces } from '../statements.js';

/**
 * The projects that have something due. Each is queried by itself, from the floor on, so a backlog of a million costs as much as a
 * single execution, and the dead rows of earlier claims are skipped. Steps from one waiting project to the next
 * would be fewer, but before PostgreSQL 18 each of them scans the dead rows of the project that it reaches.
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
 * Claims due executions for `slots` free slots, round-robin over the projects from the one after the last served, so that over time each
 * gets the same share however much it has due.
 * @param due_floor nothing is due before it, so the reader starts here, past the dead rows of earlier claims.
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
          WHERE f.ctid = ANY (${numberPlaces('(SELECT project, unnest(chosen))')})
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

export const CLAIM_SYSTEM_FUNCTIONS = [
  'ledger_due_projects(timestamp with time zone,uuid,uuid[],integer)',
  'ledger_claim(integer,integer,timestamp with time zone,uuid,uuid[])',
] as const;

export const CREATE_CLAIM = [DUE_PROJECTS, CLAIM].join('\n');
