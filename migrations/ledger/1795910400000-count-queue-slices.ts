import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ACROSS_PROJECTS, AS_SYSTEM, grantExecute, HOT } from './create-prompt-ledger/statements.js';
import { QUEUE_DEPTHS } from './create-prompt-ledger/upkeep.js';

export const QUEUE_SLICE_FUNCTION =
  'ledger_count_queued(uuid,timestamp with time zone,uuid,uuid,timestamp with time zone,uuid,integer)';
export const QUEUE_DEPTHS_FUNCTION = 'ledger_queue_depths(integer)';

/**
 * Counts a slice of the queue: up to `most` entries of the index `executions_in_flight_due`, after one position and up to another. A
 * position is a project, a due time and an execution, so a slice may lie within one project or span several.
 *
 * `floor_due` is where the next reader of the slice may begin. Nothing live lies before it, and nothing can appear there later: due times
 * are set from the transaction's clock, and no such transaction stays open for ten seconds. Dead index entries do lie before it, and many
 * of them while an old snapshot keeps them.
 *
 * The last position is looked up only when the slice was full; otherwise the slice ends where the caller said.
 */
const COUNT_QUEUED = `
CREATE FUNCTION ledger_count_queued(after_project uuid, after_due timestamptz, after_id uuid,
  upto_project uuid, upto_due timestamptz, upto_id uuid, most integer)
RETURNS TABLE (queued integer, floor_due text, oldest_age_ms double precision,
  last_project uuid, last_due text, last_due_ms double precision, last_id uuid)
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
DECLARE
  earliest timestamptz;
  last_due_at timestamptz;
BEGIN
  ${AS_SYSTEM}
  SELECT count(*)::integer, min(slice.due_at) INTO queued, earliest FROM
    (SELECT f.due_at FROM executions_in_flight f
     WHERE f.status = 'queued' AND (f.project_id, f.due_at, f.execution_id) > (after_project, after_due, after_id)
       AND (f.project_id, f.due_at, f.execution_id) <= (upto_project, upto_due, upto_id)
     ORDER BY f.project_id, f.due_at, f.execution_id LIMIT most) AS slice;
  floor_due := least(coalesce(earliest, upto_due), now() - interval '10 seconds')::text;
  oldest_age_ms := extract(epoch FROM now() - earliest) * 1000;
  IF queued = most AND most > 0 THEN
    SELECT f.project_id, f.due_at, f.execution_id INTO last_project, last_due_at, last_id FROM executions_in_flight f
    WHERE f.status = 'queued' AND (f.project_id, f.due_at, f.execution_id) > (after_project, after_due, after_id)
      AND (f.project_id, f.due_at, f.execution_id) <= (upto_project, upto_due, upto_id)
    ORDER BY f.project_id, f.due_at, f.execution_id LIMIT 1 OFFSET most - 1;
    last_due := last_due_at::text;
    last_due_ms := extract(epoch FROM last_due_at) * 1000;
  END IF;
  RETURN NEXT;
END
$$;
${grantExecute([QUEUE_SLICE_FUNCTION])}
`;

/**
 * Reads the depth of a queue in slices. One statement that counted everything took 20 ms with 50,000 entries, which would block
 * everything else on its connection; a slice of some thousand takes about one.
 */
export class CountQueueSlices1795910400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COUNT_QUEUED);
    await runner.query(`DROP FUNCTION ${QUEUE_DEPTHS_FUNCTION}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(QUEUE_DEPTHS);
    await runner.query(grantExecute([QUEUE_DEPTHS_FUNCTION]));
    await runner.query(`DROP FUNCTION ${QUEUE_SLICE_FUNCTION}`);
  }
}
