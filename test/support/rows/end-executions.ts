import type { EntityManager } from 'typeorm';
import type { Claim } from '../../../src/modules/executions/facts/claim.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import type { CallOutcome } from '../../../src/modules/executions/facts/call-outcome.js';
import type { Next } from '../../../src/modules/executions/record/index.js';
import { answered, failed } from './call-outcomes.js';
import { insertAttempt, startRunning } from './execution-rows.js';
import type { LedgerContext } from '../database/ledger-context.js';

/** Ends a call of the model `echo`, which has no price. @returns whether the caller still owned it. */
export function endCall(
  executions: ExecutionsRepository,
  claim: Claim,
  attempt: number,
  outcome: CallOutcome,
  next: Next = { kind: 'final' },
): Promise<boolean> {
  const model = { provider: 'echo', modelName: 'echo' };
  return executions.end({ claim, mode: 'async', attempt, model, price: null, outcome, next });
}

/** Ends a waiting execution with the ledger's own statements: as answered, as failed, or canceled. */
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
  await endCall(executions, { projectId, executionId, fence: 1 }, 1, outcome);
}

/** Cancels a waiting execution in a transaction that stays open. */
export async function cancelWithin(tx: EntityManager, projectId: string, executionId: string): Promise<void> {
  await tx.query('SELECT ledger_cancel($1, $2)', [projectId, executionId]);
}
