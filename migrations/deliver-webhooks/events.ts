/** RFC 3339 in UTC with milliseconds, as everywhere on the wire. */
const TIME_FUNCTION = `
CREATE FUNCTION ledger_wire_time(at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
`;

/**
 * An execution becomes final in many ways: its process reports, a sweep ends it, somebody cancels it. A trigger sees
 * all of them, in their own transaction, so that no way can forget it. It runs as whoever updates: the application with
 * the project in scope, or the owner inside one of its functions.
 *
 * The event is thin: what happened and where to read more. What was said to a model, and what it said, stays here. It
 * is kept as the text that is sent, so that every try of a delivery has the same bytes under the same signature.
 */
const ANNOUNCE_EXECUTION = `
CREATE FUNCTION ledger_announce_execution() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  INSERT INTO public.outbox (project_id, kind, subject, due_at, body)
  SELECT NEW.project_id, 'execution.' || NEW.status, NEW.execution_id::text, now(), json_build_object(
    'url', NEW.callback_url,
    'event', json_build_object(
      'type', 'execution.' || NEW.status,
      'timestamp', ledger_wire_time(coalesce(NEW.completed_at, now())),
      'data', json_build_object(
        'execution_id', NEW.execution_id,
        'status', NEW.status,
        'mode', NEW.execution_mode,
        'prompt_name', p.name,
        'version_number', v.version_number,
        'environment', NEW.environment,
        'correlation_id', NEW.correlation_id,
        'batch_id', NEW.batch_id,
        'error_type', NEW.error_type,
        'created_at', ledger_wire_time(NEW.created_at),
        'completed_at', ledger_wire_time(coalesce(NEW.completed_at, now())))))
  FROM public.prompt_versions v
  JOIN public.prompts p ON p.project_id = v.project_id AND p.prompt_id = v.prompt_id
  WHERE v.project_id = NEW.project_id AND v.version_id = NEW.version_id;
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_announce AFTER UPDATE OF status ON executions
FOR EACH ROW WHEN (NEW.callback_url IS NOT NULL AND OLD.status IN ('queued', 'running') AND NEW.status IN ('succeeded', 'failed', 'canceled'))
EXECUTE FUNCTION ledger_announce_execution();
`;

export const ADD_EVENTS = [TIME_FUNCTION, ANNOUNCE_EXECUTION].join('\n');

export const DROP_EVENTS = `
DROP TRIGGER executions_announce ON executions;
DROP FUNCTION ledger_announce_execution();
DROP FUNCTION ledger_wire_time(timestamptz);
`;
