import type { EntityManager } from 'typeorm';
import { CANCEL } from '../../src/modules/executions/executions.sql.js';
import type { ExecutionsRepository } from '../../src/modules/executions/index.js';
import { answered, failed } from './call-outcomes.js';
import { insertAttempt, startRunning } from './execution-rows.js';
import type { LedgerContext } from './ledger-context.js';

/** Ends what waits, by the statements that the ledger ends it with: as answered, as failed, or canceled. */
export async function endExecution(
  { owner, projectId }: LedgerContext,
  executions: ExecutionsRepository,
  executionId: string,
  status: 'succeeded' | 'failed' | 'canceled',
): Promise<void> {
  if (status === 'canceled') {
    await executions.cancel(projectId, executionId);
    return;
  }
  await startRunning(owner, executionId);
  await insertAttempt(owner, projectId, executionId);
  const outcome = status === 'succeeded' ? answered('Hello') : failed;
  await executions.finish({ projectId, executionId, fence: 1 }, 1, outcome, { kind: 'final' });
}

/** Cancels what waits, in a transaction that goes on. */
export async function cancelWithin(tx: EntityManager, projectId: string, executionId: string): Promise<void> {
  await tx.query(CANCEL, [projectId, executionId]);
}
