import type { MigrationInterface, QueryRunner } from 'typeorm';
import { HOT } from '../ledger/create-prompt-ledger/statements.js';
import { ERASURE_PREFIX } from '../content/erase-content/erase.js';

const APP_ROLE = 'prompt_ledger_app';

/** A scorer's text may quote the answer, and a judge's text is its own answer. */
const SCORES = `
CREATE INDEX scores_of_judgement ON scores (project_id, judge_execution_id) WHERE judge_execution_id IS NOT NULL;

CREATE FUNCTION ${ERASURE_PREFIX}4_scores(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT} SET enable_hashjoin = off
AS $$
BEGIN
  UPDATE scores s SET explanation = NULL FROM unnest(ids) AS n(id)
  WHERE s.project_id = project AND s.execution_id = n.id AND s.explanation IS NOT NULL;
  UPDATE scores s SET explanation = NULL FROM unnest(ids) AS n(id)
  WHERE s.project_id = project AND s.judge_execution_id = n.id AND s.explanation IS NOT NULL;
END
$$;
`;

/** A judge receives the variables and the answer, so its execution is erased too. A judge that made no score is found by its metadata. */
export const JUDGEMENTS = `
CREATE FUNCTION ${ERASURE_PREFIX}5_judgements(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT} SET enable_hashjoin = off
AS $$
DECLARE
  judgements uuid[];
BEGIN
  SELECT array_agg(DISTINCT e.execution_id) INTO judgements
  FROM (
    SELECT s.judge_execution_id AS id FROM unnest(ids) AS n(id)
    JOIN scores s ON s.project_id = project AND s.execution_id = n.id AND s.judge_execution_id IS NOT NULL
    UNION
    SELECT m.execution_id FROM unnest(ids) AS n(id)
    JOIN execution_metadata m ON m.project_id = project AND m.key = 'scored_execution_id' AND m.value = n.id::text
  ) AS j
  CROSS JOIN LATERAL (SELECT e.execution_id FROM executions e
    WHERE e.project_id = project AND e.execution_id = j.id AND e.content_erased_at IS NULL OFFSET 0) AS e
  WHERE e.execution_id <> ALL (ids);
  IF judgements IS NOT NULL THEN
    PERFORM ledger_erase_rows(project, judgements);
  END IF;
END
$$;
`;

/**
 * An item made from an execution loses its content and says when. Its hash stays, and with it the version. Equal content from another
 * source stays as well. Content that is sent again later is restored, so the application may overwrite erased content, and nothing else.
 */
const ITEMS = `
ALTER TABLE dataset_contents ADD COLUMN erased_at timestamptz;
-- What may come back.
CREATE INDEX dataset_contents_erased ON dataset_contents (project_id, dataset_id, item_hash) WHERE erased_at IS NOT NULL;
CREATE POLICY only_erased ON dataset_contents AS RESTRICTIVE FOR UPDATE TO ${APP_ROLE} USING (erased_at IS NOT NULL) WITH CHECK (true);
GRANT UPDATE (content, size_bytes, erased_at) ON dataset_contents TO ${APP_ROLE};

CREATE FUNCTION ${ERASURE_PREFIX}6_items(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT} SET enable_hashjoin = off
AS $$
BEGIN
  UPDATE dataset_contents c SET erased_at = now(), size_bytes = 2, content = json_build_object(
    'variables', '{}'::json, 'content_erased_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
  FROM (SELECT DISTINCT i.dataset_id, i.item_hash FROM unnest(ids) AS n(id)
    JOIN dataset_items i ON i.project_id = project AND i.source_execution_id = n.id) AS made
  WHERE c.project_id = project AND c.dataset_id = made.dataset_id AND c.item_hash = made.item_hash AND c.erased_at IS NULL
    AND NOT EXISTS (
      SELECT FROM dataset_items o WHERE o.project_id = project AND o.dataset_id = made.dataset_id AND o.item_hash = made.item_hash
        AND (o.source_execution_id IS NULL OR o.source_execution_id <> ALL (ids) AND EXISTS (
          SELECT FROM executions e WHERE e.project_id = project AND e.execution_id = o.source_execution_id
            AND e.content_erased_at IS NULL)));
END
$$;
`;

/** The reason why a cell or a score is missing may quote the answer. Its code stays. */
const EXPERIMENTS = `
CREATE INDEX experiment_cells_execution ON experiment_cells (project_id, execution_id) WHERE execution_id IS NOT NULL;

CREATE FUNCTION ${ERASURE_PREFIX}8_experiments(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT} SET enable_hashjoin = off
AS $$
BEGIN
  UPDATE experiment_scores s SET error_message = NULL
  FROM unnest(ids) AS n(id) JOIN experiment_cells c ON c.project_id = project AND c.execution_id = n.id
  WHERE s.project_id = project AND s.experiment_id = c.experiment_id AND s.item = c.item AND s.candidate = c.candidate
    AND s.repetition = c.repetition AND s.error_message IS NOT NULL;
  UPDATE experiment_cells c SET error_message = NULL FROM unnest(ids) AS n(id)
  WHERE c.project_id = project AND c.execution_id = n.id AND c.error_message IS NOT NULL;
END
$$;
`;

const FUNCTIONS = ['4_scores', '5_judgements', '6_items', '8_experiments'].map(
  (name) => `${ERASURE_PREFIX}${name}(uuid,uuid[])`,
);

/** Erases what evaluation keeps of an execution together with its content. */
export class EraseEvaluation1796900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const hidden = FUNCTIONS.map((signature) => `REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;`);
    await runner.query([SCORES, JUDGEMENTS, ITEMS, EXPERIMENTS, ...hidden].join('\n'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      [
        ...FUNCTIONS.map((signature) => `DROP FUNCTION ${signature};`),
        'DROP INDEX experiment_cells_execution;',
        'DROP INDEX scores_of_judgement;',
        `REVOKE UPDATE (content, size_bytes, erased_at) ON dataset_contents FROM ${APP_ROLE};`,
        'DROP POLICY only_erased ON dataset_contents;',
        'ALTER TABLE dataset_contents DROP COLUMN erased_at;',
      ].join('\n'),
    );
  }
}
