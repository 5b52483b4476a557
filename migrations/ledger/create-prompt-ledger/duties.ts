/**
 * Bits of `executions_in_flight.duties`: what the ending of an execution has to do besides. They are kept in the row, because
 * another process may have begun the execution and a further attempt may add one. Rows without duties take the fast path.
 */
export const DUTIES = {
  /** Budgets hold money for the execution. */
  holds: 1,
  /** A callback is to be sent. */
  callback: 2,
} as const;

/** RFC 3339 in UTC with milliseconds, as everywhere on the wire. */
export const CREATE_WIRE_TIME = `
CREATE FUNCTION ledger_wire_time(at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
`;

/** The columns of `executions` that {@link announceEnded} reads. */
export const ANNOUNCED_COLUMNS = `execution_id, execution_mode, correlation_id, batch_id, error_type, callback_url, completed_at`;

/**
 * An INSERT of the events of executions that have a callback, for the statement that ends them. An event is thin: it says what happened and
 * where to read more. It is stored as the text that is sent, so that every try of a delivery has the same bytes under the same signature.
 * @param ended the name of rows with the ANNOUNCED_COLUMNS and the COUNTED_COLUMNS.
 */
export function announceEnded(ended: string): string {
  return `INSERT INTO public.outbox (project_id, kind, subject, due_at, body)
    SELECT o.project_id, 'execution.' || o.status, o.execution_id::text, now(), json_build_object(
      'url', o.callback_url,
      'event', json_build_object(
        'type', 'execution.' || o.status,
        'timestamp', ledger_wire_time(o.completed_at),
        'data', json_build_object(
          'execution_id', o.execution_id,
          'status', o.status,
          'mode', o.execution_mode,
          'prompt_name', v.prompt_name,
          'version_number', v.version_number,
          'environment', o.environment,
          'correlation_id', o.correlation_id,
          'batch_id', o.batch_id,
          'error_type', o.error_type,
          'created_at', ledger_wire_time(o.created_at),
          'completed_at', ledger_wire_time(o.completed_at))))
    FROM ${ended} o LEFT JOIN LATERAL (
      SELECT p.name AS prompt_name, v.version_number FROM public.prompt_versions v
      JOIN public.prompts p ON p.project_id = v.project_id AND p.prompt_id = v.prompt_id
      WHERE v.project_id = o.project_id AND v.version_id = o.version_id
      OFFSET 0) AS v ON true
    WHERE o.callback_url IS NOT NULL`;
}
