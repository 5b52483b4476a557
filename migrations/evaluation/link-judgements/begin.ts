import { HOT, recordset } from '../../ledger/create-prompt-ledger/statements.js';
import { lockOutErasure } from '../../content/erase-content/erase.js';

/** The members that entries of `ledger_begin_judgements` have in addition to those of `ledger_begin`. */
export const JUDGEMENT_ENTRY = {
  /** The judged execution. */
  scored_execution_id: 'uuid',
} as const;

const LINK = { project_id: 'uuid', execution_id: 'uuid', ...JUDGEMENT_ENTRY } as const;

/**
 * Begins judgements as `ledger_begin` does, and records in the same transaction what each of them judges. It excludes erasures of these
 * projects: one that has ended keeps the judgement from beginning, and a later one finds it. This lock comes first, so that an erasure that
 * waits for this transaction holds nothing that this one needs.
 * @returns what `ledger_begin` returns; `erased` for a judgement of an execution whose content is erased.
 */
export const BEGIN_JUDGEMENTS = `
CREATE FUNCTION ledger_begin_judgements(entries json, projects uuid[], hold_ms double precision, is_repeated boolean)
RETURNS TABLE (execution_id uuid, state text, verdict text, clamped_tokens integer, budget_id uuid, left_pico_usd text, percent integer, warned_by uuid)
LANGUAGE plpgsql ${HOT}
AS $$
#variable_conflict use_column
DECLARE
  pointless uuid[];
  begun uuid[] := '{}';
  each record;
BEGIN
  PERFORM set_config('app.project_ids', projects::text, true);
  FOR each IN SELECT DISTINCT p.id FROM unnest(projects) AS p(id) ORDER BY p.id LOOP
    PERFORM ${lockOutErasure('each.id')};
  END LOOP;
  -- In a statement of its own, which sees what an erasure has committed that was waited for.
  pointless := ARRAY(SELECT n.execution_id FROM ${recordset('entries', LINK, 'n')}
    WHERE coalesce((SELECT s.content_erased_at IS NOT NULL FROM executions s
      WHERE s.project_id = n.project_id AND s.execution_id = n.scored_execution_id), true));
  IF pointless <> '{}' THEN
    entries := (SELECT json_agg(e.value) FROM json_array_elements(entries) AS e
      WHERE (e.value ->> 'execution_id')::uuid <> ALL (pointless));
    RETURN QUERY SELECT p.id, 'erased', NULL::text, NULL::integer, NULL::uuid, NULL::text, NULL::integer, NULL::uuid
      FROM unnest(pointless) AS p(id);
  END IF;
  FOR each IN SELECT b.* FROM ledger_begin(entries, projects, hold_ms, is_repeated) AS b LOOP
    IF each.state = 'begun' THEN
      begun := begun || each.execution_id;
    END IF;
    RETURN QUERY SELECT each.execution_id, each.state, each.verdict, each.clamped_tokens, each.budget_id, each.left_pico_usd, each.percent, each.warned_by;
  END LOOP;
  INSERT INTO judgements (project_id, execution_id, scored_execution_id)
  SELECT n.project_id, n.execution_id, n.scored_execution_id FROM ${recordset('entries', LINK, 'n')}
  WHERE n.execution_id = ANY (begun)
  ON CONFLICT DO NOTHING;
END
$$;
`;

export const BEGIN_JUDGEMENTS_FUNCTION = 'ledger_begin_judgements(json,uuid[],double precision,boolean)';
