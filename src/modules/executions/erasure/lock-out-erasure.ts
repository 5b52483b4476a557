import type { EntityManager } from 'typeorm';

/** The lock that `lockOutErasure` of the migrations takes. */
const LOCK_OUT_ERASURE = `SELECT pg_advisory_xact_lock_shared(hashtext('ledger_erase_content'), hashtext($1::text))`;

const IS_ERASED = `SELECT FROM executions e
  WHERE e.project_id = $1 AND e.execution_id = $2 AND e.content_erased_at IS NOT NULL`;

/**
 * Keeps the project's content from being erased until the transaction is over, because an erasure would miss what the
 * transaction derives from it. Take this lock before any statement that locks rows which an erasure changes: a running erasure
 * may need those rows, while one that waits for this lock holds nothing yet.
 */
export async function lockOutErasure(tx: EntityManager, projectId: string): Promise<void> {
  await tx.query(LOCK_OUT_ERASURE, [projectId]);
}

/** Whether the content was erased, for a transaction that locks out erasure. */
export async function isContentErased(
  tx: EntityManager,
  projectId: string,
  executionId: string,
): Promise<boolean> {
  return (await tx.query<unknown[]>(IS_ERASED, [projectId, executionId])).length > 0;
}
