import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LedgerError, parseJson } from '../../../kernel/index.js';
import {
  type ExecutionRecord,
  ExecutionReadsRepository,
  ExecutionWaits,
  SubmitService,
} from '../../executions/index.js';
import { type CellContext, type CellItem, toCorrelation } from './cell-context.js';
import { CellsRepository } from './cells.repository.js';
import type { OpenCell } from './drives.repository.js';
import { pause } from './pause.js';
import { restoreCaller } from './stored-caller.js';

/** Differs from every route of the API, so that no request's key collides. */
const KEY_ROUTE = 'experiment';
/** How soon a drive learns that it has lost its lease. */
const LOOK_AGAIN_MS = 5_000;
/** The maximum age of a cached answer, for an experiment that uses the response cache: a week. */
const CACHE_TTL_S = 7 * 24 * 3600;
const MIN_WAIT_MS = 250;
const MAX_WAIT_MS = 60_000;

/** Obtains the execution of each cell and waits for it. */
@Injectable()
export class CellExecutions {
  constructor(
    private readonly submits: SubmitService,
    private readonly waits: ExecutionWaits,
    private readonly reads: ExecutionReadsRepository,
    private readonly cells: CellsRepository,
  ) {}

  /**
   * Requests the execution of a cell, and retries while the service is busy. The key is derived from the cell, so a repeated
   * request leads to the same execution.
   * @param isResumed whether it may have been requested before, so long ago that the key has expired.
   * @returns its id; null when the drive is over.
   * @throws BudgetExceededError `BUDGET_EXCEEDED`, and the errors of an invalid request.
   */
  async obtain(
    context: CellContext,
    cell: OpenCell,
    item: CellItem,
    isResumed: boolean,
  ): Promise<string | null> {
    const { drive, signal } = context;
    if (cell.executionId !== null) return cell.executionId;
    const known = isResumed ? await this.cells.findExecution(drive, toCorrelation(drive, cell)) : null;
    const executionId = known ?? (await this.submitUntilTaken(context, cell, item));
    if (executionId === null || signal.aborted) return null;
    await this.cells.link(drive, cell, executionId);
    return executionId;
  }

  /** @returns null when the signal aborted first. */
  async waitForEnd({ drive, signal }: CellContext, executionId: string): Promise<ExecutionRecord | null> {
    const { projectId } = drive;
    while (!signal.aborted) {
      const found = await this.reads.find(projectId, executionId);
      if (found === null) throw new Error(`execution ${executionId} of an experiment is gone`);
      const { status } = found.record;
      if (status !== 'queued' && status !== 'running') return found.record;
      await this.waits.untilFinal(projectId, executionId, LOOK_AGAIN_MS);
    }
    return null;
  }

  private async submitUntilTaken(
    context: CellContext,
    cell: OpenCell,
    item: CellItem,
  ): Promise<string | null> {
    let waitMs = MIN_WAIT_MS;
    while (!context.signal.aborted) {
      // Checked before each try, so that a canceled experiment requests nothing.
      if (!(await this.cells.isHeld(context.drive))) return null;
      try {
        return await this.submit(context, cell, item);
      } catch (error) {
        if (!(error instanceof LedgerError) || !isBusy(error)) throw error;
        await pause(Math.max(waitMs, retryAfterMs(error)), context.signal);
        waitMs = Math.min(waitMs * 2, MAX_WAIT_MS);
      }
    }
    return null;
  }

  private async submit(
    { drive, plan, caller }: CellContext,
    cell: OpenCell,
    item: CellItem,
  ): Promise<string> {
    const candidate = plan.candidates[cell.candidate];
    if (candidate === undefined) throw new Error('a cell has a candidate of its plan');
    const { prompt_name, version_number, model, params } = candidate;
    const { version_id: versionId, checksum_hash: checksumHash } = candidate;
    const correlationId = toCorrelation(drive, cell);
    const body = {
      prompt_name,
      version_number,
      pinned: { versionNumber: version_number, checksumHash, versionId },
      environment: plan.environment,
      variables: parseJson(item.variablesJson) as Record<string, unknown>,
      model,
      params,
      correlation_id: correlationId,
      batch_id: drive.experimentId,
      ...(plan.cache ? { cache: { ttl_s: CACHE_TTL_S } } : {}),
    } as Parameters<SubmitService['submit']>[1];
    const fingerprint = createHash('sha256').update(correlationId).digest();
    const answer = await this.submits.submit(
      restoreCaller(drive.projectId, caller),
      body,
      item.variablesJson,
      { route: KEY_ROUTE, key: correlationId, fingerprint },
    );
    return (JSON.parse(answer.body.toString()) as { readonly execution_id: string }).execution_id;
  }
}

/** Whether the condition passes by itself, like a full queue, a rate limit or an unavailable database. An exceeded budget does not. */
function isBusy({ status, retryable, code }: LedgerError): boolean {
  return (
    (retryable || status === 429 || status === 503 || code === 'IDEMPOTENCY_IN_FLIGHT') && !isFinal(code)
  );
}

/** Only the operator of the service can fix this. */
function isFinal(code: string): boolean {
  return code === 'PROVIDER_NOT_CONFIGURED';
}

function retryAfterMs({ headers }: LedgerError): number {
  const seconds = Number(headers['Retry-After'] ?? 0);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, MAX_WAIT_MS) : 0;
}
