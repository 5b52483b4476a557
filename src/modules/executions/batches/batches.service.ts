import { Injectable } from '@nestjs/common';
import { Bell } from '../../../infra/bell/index.js';
import { DatabaseClock } from '../../../infra/database/index.js';
import { RawAnswer } from '../../../infra/http/index.js';
import type { Caller } from '../../auth/index.js';
import { warningHeaders } from '../record/index.js';
import type { AdmittedExecution, AdmittedRequest } from '../admission/execution-request.js';
import { KEY_TAKEN, storedAnswer, type UsedKey } from '../idempotency/index.js';
import { Intake, type Written } from '../intake/intake.js';
import { BatchEntries, type VariablesSource } from './batch-entries.js';
import type { BatchDto, SubmitBatchDto, SubmittedBatchDto } from './batches.dto.js';
import { type BatchProgress, type BatchRecord, BatchesRepository } from './batches.repository.js';
import { BatchNotFoundError } from './errors.js';

/** Submits, reads and cancels batches, which are many executions of one version. */
@Injectable()
export class BatchesService {
  constructor(
    private readonly intake: Intake,
    private readonly entries: BatchEntries,
    private readonly batches: BatchesRepository,
    private readonly bell: Bell,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Submits all entries or none. They are durable when it answers 202 with a {@link SubmittedBatchDto}.
   * @throws what `Intake.answer` throws. Errors of entries are reported for all of them, with pointers.
   * @throws BudgetExceededError `BUDGET_EXCEEDED`, where each entry counts.
   */
  submit(
    caller: Caller,
    request: SubmitBatchDto,
    source: VariablesSource,
    key: UsedKey | null,
  ): Promise<RawAnswer> {
    const work = {
      request,
      prepare: (common: AdmittedRequest) => this.entries.renderAll(caller.projectId, common, request, source),
      write: (admitted: readonly AdmittedExecution[]) =>
        this.insert(caller, request.callback_url ?? null, admitted, key),
    };
    return this.intake.answer(caller, { key, count: request.entries.length, place: 'queue' }, work);
  }

  /** @throws BatchNotFoundError `BATCH_NOT_FOUND` */
  async get(projectId: string, batchId: string): Promise<BatchDto> {
    const batch = await this.find(projectId, batchId);
    return batchView(batch, await this.batches.progress(projectId, batch));
  }

  /** Cancels queued executions; running calls continue. @throws BatchNotFoundError `BATCH_NOT_FOUND` */
  async cancel(projectId: string, batchId: string): Promise<BatchDto> {
    await this.batches.cancelWaiting(projectId, await this.find(projectId, batchId));
    return this.get(projectId, batchId);
  }

  private async find(projectId: string, batchId: string): Promise<BatchRecord> {
    const batch = await this.batches.find(projectId, batchId);
    if (batch === null) throw new BatchNotFoundError(batchId);
    return batch;
  }

  private async insert(
    caller: Caller,
    callbackUrl: string | null,
    admitted: readonly AdmittedExecution[],
    key: UsedKey | null,
  ): Promise<Written> {
    const { projectId, name: requestedBy, keyId } = caller;
    const batchId = this.databaseClock.newId();
    const createdAt = this.databaseClock.now();
    const by = { projectId, requestedBy, keyId };
    const common = { ...by, mode: 'async', status: 'queued', createdAt, batchId } as const;
    const beginnings = admitted.map((each) => ({
      ...common,
      executionId: this.databaseClock.newId(),
      admitted: each,
    }));
    const answer = submittedAnswer(
      batchId,
      beginnings.map(({ executionId }) => executionId),
    );
    const batch = { projectId, batchId, requestedBy, callbackUrl, createdAt, beginnings, key };
    const inserted = await this.batches.insert({ ...batch, answer: storedAnswer(answer) });
    if (typeof inserted === 'string') return inserted === 'stale' ? 'stale' : KEY_TAKEN;
    void this.bell.ring(beginnings.map(({ executionId }) => ({ executionId, fence: 0 })));
    return answer.with(warningHeaders(inserted.warning));
  }
}

function submittedAnswer(batchId: string, executionIds: string[]): RawAnswer {
  const body: SubmittedBatchDto = {
    batch_id: batchId,
    status: 'queued',
    mode: 'async',
    total: executionIds.length,
    execution_ids: executionIds,
  };
  return RawAnswer.json(202, JSON.stringify(body), { Location: `/v1/batches/${batchId}` });
}

function batchView(batch: BatchRecord, { counts, lastCompletedAt }: BatchProgress): BatchDto {
  const { queued = 0, running = 0, succeeded = 0, failed = 0, canceled = 0 } = counts;
  const isCompleted = queued + running === 0;
  return {
    batch_id: batch.batchId,
    status: isCompleted ? 'completed' : 'running',
    prompt_name: batch.promptName,
    version_number: batch.versionNumber,
    model: { provider: batch.provider, model_name: batch.modelName },
    environment: batch.environment,
    total: batch.size,
    counts: { queued, running, succeeded, failed, canceled },
    callback_url: batch.callbackUrl,
    created_at: batch.createdAt.toISOString(),
    canceled_at: batch.canceledAt?.toISOString() ?? null,
    completed_at: isCompleted ? (lastCompletedAt?.toISOString() ?? null) : null,
  };
}
