import { CALL_ENTRY } from '../../ledger/create-prompt-ledger/executions/call.js';
import { HOT, recordset } from '../../ledger/create-prompt-ledger/statements.js';
import { selectAncestors } from './key-line.js';

/** `ledger_call` also returns the ancestors of the caller's key, because their rate limits count the tokens, too. */
export const CREATE_CALL_WITH_ANCESTORS = `
CREATE FUNCTION ledger_call(entries json, projects uuid[])
RETURNS TABLE (execution_id uuid, fence integer, key_id uuid, tokens_per_minute integer, ancestors json)
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
    ancestors := NULL;
    IF key_id IS NOT NULL THEN
      SELECT k.tokens_per_minute, ${selectAncestors('k')} INTO tokens_per_minute, ancestors
      FROM api_keys k WHERE k.project_id = entry.project_id AND k.key_id = ledger_call.key_id;
    END IF;
    RETURN NEXT;
  END LOOP;
END
$$;
`;
