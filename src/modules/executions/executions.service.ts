import { Injectable } from '@nestjs/common';
import { Bell } from '../../infra/bell/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { decodeCursor, pageOf, SourcedJson } from '../../infra/http/index.js';
import { Clock, UUID } from '../../kernel/index.js';
import type { Actor } from '../audit/index.js';
import { ExecutionNotFoundError, providerProblem } from './errors.js';
import { ExecutionAdmission, type AdmittedExecution } from './execution-admission.js';
import { ExecutionReadsRepository } from './execution-reads.repository.js';
import { executionDetail, executionSummary } from './execution-views.js';
import type { ExecuteDto } from './execute.dto.js';
import type { ExecutionListDto, ExecutionResultDto, SubmittedDto } from './executions.dto.js';
import type { ListExecutionsQueryDto } from './list-executions.dto.js';
import { ExecutionsRepository, messagesOf, type StartedExecution } from './executions.repository.js';
import { OwnershipLostError } from './ownership-lost-error.js';
import { type CallOutcome, ProviderCaller } from './provider-caller.js';

/** What callers do with executions: run and wait, submit, look. */
@Injectable()
export class ExecutionsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly admission: ExecutionAdmission,
    private readonly executions: ExecutionsRepository,
    private readonly reads: ExecutionReadsRepository,
    private readonly caller: ProviderCaller,
    private readonly bell: Bell,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs and waits. The execution and its attempt are committed before the provider is called.
   * @throws what {@link ExecutionAdmission.admit} throws; then nothing was written.
   * @throws ProviderRejectedError | ProviderFailedError | ProviderTimeoutError with the id of the failed execution.
   */
  async run(who: Actor, request: ExecuteDto, variablesJson: string | null): Promise<ExecutionResultDto> {
    const startedAtMs = this.clock.monotonicMs();
    const admitted = await this.admission.admit(who.projectId, request, variablesJson);
    const started = await this.executions.insertRunning(who.projectId, who.actor, admitted);
    const outcome = await this.caller.call({
      executionId: started.executionId,
      attempt: started.attempt,
      provider: admitted.model.provider,
      modelName: admitted.model.modelName,
      messages: messagesOf(admitted.rendered),
      params: admitted.params,
      // The total is the caller's: what admission and commit took is gone.
      deadlineMs: Math.max(0, admitted.timeoutMs - (this.clock.monotonicMs() - startedAtMs)),
    });
    const completedAt = await this.executions.finish(started, started.attempt, outcome);
    if (completedAt === null) throw new OwnershipLostError(started.executionId);
    return resultOf(admitted, started, outcome, completedAt);
  }

  /** Queues. Durable when it answers. @throws what {@link ExecutionAdmission.admit} throws; then nothing was written. */
  async submit(who: Actor, request: ExecuteDto, variablesJson: string | null): Promise<SubmittedDto> {
    const admitted = await this.admission.admit(who.projectId, request, variablesJson);
    const { executionId } = await this.executions.insertQueued(who.projectId, who.actor, admitted);
    // Not awaited: the work is committed, and a bell that is slow or down is no reason to let the caller wait.
    void this.bell.ring([{ executionId, fence: 0 }]);
    return { execution_id: executionId, status: 'queued', mode: 'async' };
  }

  /** An `ExecutionDto`, with the variables as they came. @throws ExecutionNotFoundError `EXECUTION_NOT_FOUND` */
  async get(projectId: string, executionId: string): Promise<SourcedJson> {
    return this.scope.transaction(projectId, async (tx) => {
      const record = await this.reads.find(tx, projectId, executionId);
      if (record === null) throw new ExecutionNotFoundError(executionId);
      const detail = executionDetail(record, await this.reads.listAttempts(tx, projectId, executionId));
      return new SourcedJson({ ...detail }, { variables: record.variablesJson });
    });
  }

  async list(projectId: string, query: ListExecutionsQueryDto): Promise<ExecutionListDto> {
    const found = await this.scope.transaction(projectId, (tx) =>
      this.reads.list(tx, projectId, {
        promptName: query.prompt_name,
        status: query.status,
        environment: query.environment,
        correlationId: query.correlation_id,
        createdAfter: query.created_after,
        createdBefore: query.created_before,
        beforeId: beforeId(query.cursor),
        limit: query.limit + 1,
      }),
    );
    const { entries, nextCursor } = pageOf(found, query.limit, ({ executionId }) => executionId);
    return { executions: entries.map(executionSummary), next_cursor: nextCursor };
  }
}

function resultOf(
  admitted: AdmittedExecution,
  started: StartedExecution,
  outcome: CallOutcome,
  completedAt: Date,
): ExecutionResultDto {
  const { executionId, attempt, createdAt } = started;
  if (!outcome.succeeded) {
    const { failure } = outcome;
    throw providerProblem(failure, {
      execution_id: executionId,
      provider_status: failure.status,
      attempts: attempt,
    });
  }
  const { completion } = outcome;
  const summary = executionSummary({
    executionId,
    status: 'succeeded',
    mode: 'sync',
    promptName: admitted.promptName,
    versionNumber: admitted.version.versionNumber,
    checksumHash: admitted.version.checksumHash,
    environment: admitted.environment,
    provider: admitted.model.provider,
    modelName: admitted.model.modelName,
    finishReason: completion.finishReason,
    promptTokens: completion.usage.promptTokens,
    responseTokens: completion.usage.responseTokens,
    latencyMs: completion.latencyMs,
    correlationId: admitted.correlationId,
    errorType: null,
    createdAt,
    startedAt: createdAt,
    completedAt,
  });
  const { text, truncated, sha256 } = completion;
  return { ...summary, response_text: text, response_truncated: truncated, response_sha256: sha256 };
}

function beforeId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  return decodeCursor(cursor, (id) => (typeof id === 'string' && UUID.test(id) ? id : null));
}
