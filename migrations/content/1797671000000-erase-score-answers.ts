import type { MigrationInterface, QueryRunner } from 'typeorm';
import { HOT } from '../ledger/create-prompt-ledger/statements.js';
import { ERASURE_PREFIX } from './erase-content/erase.js';

const SIGNATURE = `${ERASURE_PREFIX}1_score_keys(uuid,uuid[])`;

/**
 * The key of a posted score points to the score, and its stored answer repeats the explanation. This part finds keys by scores that have
 * an explanation, so it runs before the part that erases explanations. Afterwards the key names the execution, as any erased key does.
 */
const CREATE = `
CREATE FUNCTION ${ERASURE_PREFIX}1_score_keys(project uuid, ids uuid[]) RETURNS void
LANGUAGE plpgsql ${HOT} SET enable_hashjoin = off
AS $$
DECLARE
  wanted uuid;
BEGIN
  FOREACH wanted IN ARRAY ids LOOP
    UPDATE idempotency_keys k
    SET status = NULL, headers = NULL, body = NULL, fingerprint = '', execution_id = wanted, erased_at = now()
    FROM scores s
    WHERE s.project_id = project AND s.execution_id = wanted AND s.explanation IS NOT NULL
      AND k.project_id = project AND k.execution_id = s.score_id AND k.erased_at IS NULL;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION ${SIGNATURE} FROM PUBLIC;
`;

/** Erases the stored answers to scores that have an explanation, together with the scored content. */
export class EraseScoreAnswers1797671000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${SIGNATURE};`);
  }
}
