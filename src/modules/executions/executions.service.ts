import { Injectable } from '@nestjs/common';
import { decodeCursor, toPage, SourcedJson } from '../../infra/http/index.js';
import { UUID, ValidationError } from '../../kernel/index.js';
import { ExecutionDispatchedError, ExecutionFinalError, ExecutionNotFoundError } from './errors.js';
import { ExecutionReadsRepository } from './reads/execution-reads.repository.js';
import { metadataOrNull } from './wire/execution-metadata.js';
import { executionDetail, executionSummary } from './reads/execution-views.js';
import { ExecutionWaits } from './reads/execution-waits.js';
import type { ExecutionListDto } from './reads/execution-detail.dto.js';
import { ExecutionsRepository } from './record/index.js';
import type { ListExecutionsQueryDto } from './reads/list-executions.dto.js';

/** Reads, lists, awaits and cancels existing executions. */
@Injectable()
export class ExecutionsService {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly reads: ExecutionReadsRepository,
    private readonly waits: ExecutionWaits,
  ) {}

  /**
   * Returns an `ExecutionDto` with the variables as they were sent.
   * @param waitMs how long to hold the answer until the execution is final; 0 for not at all. It holds no connection.
   * @throws ExecutionNotFoundError `EXECUTION_NOT_FOUND`
   */
  async get(projectId: string, executionId: string, waitMs = 0): Promise<SourcedJson> {
    const now = await this.read(projectId, executionId);
    if (waitMs === 0 || isFinal(now.status)) return now.answer;
    await this.waits.untilFinal(projectId, executionId, waitMs);
    return (await this.read(projectId, executionId)).answer;
  }

  async list(projectId: string, query: ListExecutionsQueryDto): Promise<ExecutionListDto> {
    if (query.version_number !== undefined && query.prompt_name === undefined) {
      throw new ValidationError('Send prompt_name with version_number.', [
        { pointer: '/version_number', message: 'needs prompt_name' },
      ]);
    }
    if (query.arm !== undefined && query.rollout_id === undefined) {
      throw new ValidationError('Send rollout_id with arm.', [
        { pointer: '/arm', message: 'needs rollout_id' },
      ]);
    }
    const found = await this.reads.list(projectId, {
      promptName: query.prompt_name,
      versionNumber: query.version_number,
      model: query.model,
      ownerTeam: query.owner_team,
      keyId: query.api_key,
      without: query.without,
      isFinal: query.final,
      status: query.status,
      environment: query.environment,
      correlationId: query.correlation_id,
      metadata: metadataOrNull(query.metadata) ?? undefined,
      batchId: query.batch_id,
      rolloutId: query.rollout_id,
      arm: query.arm,
      outputValid: query.output_valid,
      createdAfter: query.created_after,
      createdBefore: query.created_before,
      beforeId: beforeId(query.cursor),
      limit: query.limit + 1,
    });
    const { entries, nextCursor } = toPage(found, query.limit, ({ executionId }) => executionId);
    return { executions: entries.map(executionSummary), next_cursor: nextCursor };
  }

  /**
   * Cancels an execution that waits for its first attempt or a retry. One that is already canceled stays so.
   * @throws ExecutionNotFoundError `EXECUTION_NOT_FOUND`
   * @throws ExecutionDispatchedError `EXECUTION_DISPATCHED` while its provider is being called.
   * @throws ExecutionFinalError `EXECUTION_FINAL`
   */
  async cancel(projectId: string, executionId: string): Promise<SourcedJson> {
    if (await this.executions.cancel(projectId, executionId)) {
      this.waits.wake(executionId);
    } else {
      const status = await this.reads.findStatus(projectId, executionId);
      if (status === null) throw new ExecutionNotFoundError(executionId);
      // It may be `queued` by now, but it was running when we tried. The caller may try again.
      if (!isFinal(status)) throw new ExecutionDispatchedError(executionId);
      if (status !== 'canceled') throw new ExecutionFinalError(executionId, status);
    }
    return (await this.read(projectId, executionId)).answer;
  }

  private async read(
    projectId: string,
    executionId: string,
  ): Promise<{ status: string; answer: SourcedJson }> {
    const found = await this.reads.find(projectId, executionId);
    if (found === null) throw new ExecutionNotFoundError(executionId);
    const { record, attempts } = found;
    const detail = executionDetail(record, attempts);
    return {
      status: record.status,
      answer: new SourcedJson({ ...detail }, { variables: record.variablesJson ?? 'null' }),
    };
  }
}

function isFinal(status: string): boolean {
  return status !== 'queued' && status !== 'running';
}

function beforeId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  return decodeCursor(cursor, (id) => (typeof id === 'string' && UUID.test(id) ? id : null));
}
