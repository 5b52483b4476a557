import type { EntityManager } from 'typeorm';
import { ContentErasedError, lockOutErasure } from '../../executions/index.js';

const FIND_ERASED = `SELECT e.content_erased_at AS "erasedAt" FROM executions e
  WHERE e.project_id = $1 AND e.execution_id = $2 AND e.content_erased_at IS NOT NULL`;

/**
 * Refuses a text about an erased answer, because nothing would ever erase the text. Blocks erasure in the project until the transaction
 * ends, so it must be the first statement of the transaction.
 * @throws ContentErasedError `CONTENT_ERASED`
 */
export async function refuseTextOfErased(
  tx: EntityManager,
  projectId: string,
  executionId: string,
): Promise<void> {
  await lockOutErasure(tx, projectId);
  const [erased] = await tx.query<{ erasedAt: Date }[]>(FIND_ERASED, [projectId, executionId]);
  if (erased !== undefined) throw ContentErasedError.ofExplained(executionId, erased.erasedAt);
}
