import { HOT, recordset } from '../statements.js';

/** An entry of `ledger_call`: an attempt that is about to be made. */
export const CALL_ENTRY = {
  project_id: 'uuid',
  execution_id: 'uuid',
  fence: 'integer',
  /** One more than the attempts that the claim reported, so that the statement may be sent twice. */
  attempt: 'integer',
  model_id: 'uuid',
  lease_ms: 'integer',
} as const;

/**
 * Records that a provider is being called for executions, and for how long: the socket may be opened after this commit. The lease starts
 * again, so the call gets all its time however long the claim has waited.
 * @returns those that are still the caller's, and the limits that their tokens count against.
 */
export const CREATE_CALL = `
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

export const CALL_FUNCTIONS = ['ledger_call(json,uuid[])'] as const;
