import {
  ATTEMPT_COLUMNS,
  attemptValues,
  END_ENTRY,
  OUTPUT_COLUMNS,
  outputValues,
  settlement,
} from './end.js';
import { HOT, recordset } from '../statements.js';

/**
 * Handles attempts whose execution is no longer in flight under their fence. If one has ended under this fence, its owner ended it and asks
 * again after a lost answer. The result of one that was given up as unknown is late: it becomes a second row, settles the hold, and changes
 * nothing else.
 * @returns which were ended by their owner, as `ledger_end_plain` does.
 */
export const CREATE_RECORD_LATE = `
CREATE FUNCTION ledger_record_late(entries json, projects uuid[]) RETURNS text
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  told text;
  entry record;
  known record;
  settled json[] := '{}';
BEGIN
  PERFORM set_config('app.project_ids', projects::text, true);
  FOR entry IN SELECT * FROM ${recordset('entries', END_ENTRY, 'n')} LOOP
    IF NOT entry.was_called THEN
      -- Ended without a call: nobody else ends it so.
      PERFORM FROM executions e
      WHERE e.project_id = entry.project_id AND e.execution_id = entry.execution_id AND e.error_type = entry.error_type
        AND e.attempts_made = entry.attempt;
      IF FOUND THEN
        told := concat_ws(',', told, entry.execution_id || ' ' || entry.fence);
      END IF;
      CONTINUE;
    END IF;
    SELECT a.status, a.model_id, a.started_at INTO known FROM execution_attempts a
    WHERE a.project_id = entry.project_id AND a.execution_id = entry.execution_id AND a.attempt = entry.attempt
      AND a.fence = entry.fence AND NOT a.late;
    CONTINUE WHEN NOT FOUND;
    IF known.status IN ('succeeded', 'failed') THEN
      told := concat_ws(',', told, entry.execution_id || ' ' || entry.fence);
      CONTINUE;
    END IF;
    INSERT INTO execution_attempts (late, ${ATTEMPT_COLUMNS})
    VALUES (true, ${attemptValues('entry', { status: "'fenced'", modelId: 'known.model_id', startedAt: 'known.started_at' })})
    ON CONFLICT DO NOTHING;
    CONTINUE WHEN NOT FOUND;
    IF entry.response_text IS NOT NULL THEN
      INSERT INTO execution_outputs (late, ${OUTPUT_COLUMNS})
      VALUES (true, ${outputValues('entry')});
    END IF;
    IF entry.spent = 'nothing' OR entry.cost_pico_usd IS NOT NULL THEN
      settled := settled || ${settlement('entry')};
    END IF;
  END LOOP;
  PERFORM ledger_settle_holds(array_to_json(settled));
  RETURN told;
END
$$;
`;

export const LATE_FUNCTIONS = ['ledger_record_late(json,uuid[])'] as const;
