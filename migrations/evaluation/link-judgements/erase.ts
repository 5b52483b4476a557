import { HOT } from '../../ledger/create-prompt-ledger/statements.js';
import { ERASURE_PREFIX } from '../../content/erase-content/erase.js';

const ERASE_SETTINGS = `LANGUAGE plpgsql ${HOT} SET enable_hashjoin = off`;

/**
 * A judge receives the variables and the answer, so its execution is erased too, and so are the judgements of that one. One in flight
 * is canceled: its content goes now and not when the judge answers, which may never happen. What its worker reports
 * afterwards is a late result, which is kept without its text. A transaction that is ending it has locked its row: the erasure waits for
 * that, and the execution is then over.
 * This is the first part, because it locks rows in flight and budgets, and the others lock rows that are over. It locks in the order of
 * ids,
 * as all code does.
 */
export const ERASE_JUDGEMENTS = `
CREATE FUNCTION ${ERASURE_PREFIX}0_judgements(project uuid, ids uuid[]) RETURNS void
${ERASE_SETTINGS}
AS $$
#variable_conflict use_column
DECLARE
  judgements uuid[];
  judged uuid;
  flight record;
  canceled uuid[] := '{}';
  over uuid[];
BEGIN
  judgements := ARRAY(WITH RECURSIVE found AS (
      SELECT j.execution_id FROM unnest(ids) AS n(id) JOIN judgements j ON j.project_id = project AND j.scored_execution_id = n.id
      UNION
      SELECT j.execution_id FROM found f JOIN judgements j ON j.project_id = project AND j.scored_execution_id = f.execution_id)
    SELECT f.execution_id FROM found f WHERE f.execution_id <> ALL (ids) ORDER BY f.execution_id);
  FOREACH judged IN ARRAY judgements LOOP
    SELECT f.* INTO flight FROM executions_in_flight f WHERE f.project_id = project AND f.execution_id = judged FOR UPDATE;
    CONTINUE WHEN NOT FOUND;
    IF flight.attempt_started_at IS NOT NULL THEN
      INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name, model_id, error_type, started_at, completed_at)
      SELECT project, judged, flight.attempt, flight.fence, 'outcome_unknown', m.provider, m.model_name, flight.model_id, 'outcome_unknown',
        flight.attempt_started_at, now()
      FROM models m WHERE m.project_id = project AND m.model_id = flight.model_id;
    END IF;
    canceled := canceled || judged;
  END LOOP;
  IF canceled <> '{}' THEN
    PERFORM ledger_end_uncalled(project, canceled, 'canceled', NULL, NULL);
  END IF;

  over := ARRAY(SELECT e.execution_id FROM unnest(judgements) AS j(id)
    CROSS JOIN LATERAL (SELECT e.execution_id FROM executions e
      WHERE e.project_id = project AND e.execution_id = j.id AND e.content_erased_at IS NULL OFFSET 0) AS e);
  IF over <> '{}' THEN
    PERFORM ledger_erase_rows(project, over);
  END IF;
END
$$;
`;

/** The reason why a judge gave no score may quote its answer, so it is also erased when only the judgement is. */
export const ERASE_VERDICTS = `
CREATE FUNCTION ${ERASURE_PREFIX}9_verdicts(project uuid, ids uuid[]) RETURNS void
${ERASE_SETTINGS}
AS $$
BEGIN
  UPDATE experiment_scores s SET error_message = NULL
  FROM unnest(ids) AS n(id) JOIN judgements j ON j.project_id = project AND j.execution_id = n.id
  JOIN experiment_cells c ON c.project_id = project AND c.execution_id = j.scored_execution_id
  WHERE s.project_id = project AND s.experiment_id = c.experiment_id AND s.item = c.item AND s.candidate = c.candidate
    AND s.repetition = c.repetition AND s.judge_execution_id = n.id AND s.error_message IS NOT NULL;
END
$$;
`;

export const ERASING_PARTS = ['0_judgements', '9_verdicts'].map(
  (name) => `${ERASURE_PREFIX}${name}(uuid,uuid[])`,
);
