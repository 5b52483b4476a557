import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DatabaseClock, TenantScope } from '../../infra/database/index.js';
import { decodeCursor, toPage } from '../../infra/http/index.js';
import { ValidationError } from '../../kernel/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import {
  ExecutionContentsRepository,
  ExecutionNotFoundError,
  ExecutionReadsRepository,
} from '../executions/index.js';
import { CorrelationTooWideError } from './errors.js';
import type {
  ListOutcomesQueryDto,
  OutcomeDto,
  OutcomeListDto,
  RecordOutcomeDto,
  RecordOutcomeResultDto,
} from './outcomes.dto.js';
import { type NewOutcome, type OutcomeRecord, OutcomesRepository } from './outcomes.repository.js';

/** A correlation id shared by more executions does not identify one. */
const MOST_CORRELATED = 1000;

type Target = { readonly executionId: string } | { readonly correlationId: string };

/** Records real-world outcomes of executions, minutes or weeks later. */
@Injectable()
export class OutcomesService {
  constructor(
    private readonly scope: TenantScope,
    private readonly clock: DatabaseClock,
    private readonly outcomes: OutcomesRepository,
    private readonly executions: ExecutionReadsRepository,
    private readonly contents: ExecutionContentsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Records the outcome of an execution, or of all with a correlation id. An existing value of the metric stays, because the first counts,
   * so a request may be repeated.
   * @throws ValidationError `VALIDATION_FAILED` unless exactly one of the two ids is given.
   * @throws ExecutionNotFoundError `EXECUTION_NOT_FOUND` | CorrelationTooWideError `CORRELATION_TOO_WIDE`
   */
  async record(actor: Actor, request: RecordOutcomeDto): Promise<RecordOutcomeResultDto> {
    const { projectId } = actor;
    const target = readTarget(request);
    const metric = toName(request.metric);
    if ('executionId' in target) await this.assertExists(projectId, target.executionId);
    return this.scope.transaction(projectId, async (tx) => {
      const ids = await this.listTargets(tx, projectId, target);
      const known = await this.outcomes.listOfExecutions(tx, projectId, ids, metric);
      const have = new Set(known.map(({ executionId }) => executionId));
      const missing = ids.filter((id) => !have.has(id));
      if (missing.length === 0) return toResult(known, new Set());
      const added = await this.outcomes.add(
        tx,
        projectId,
        missing.map((executionId) => this.toNew(actor, executionId, metric, request.value)),
      );
      const all = await this.outcomes.listOfExecutions(tx, projectId, ids, metric);
      const recorded = all.filter(({ outcomeId }) => added.has(outcomeId));
      await this.audit.appendAll(
        tx,
        actor,
        recorded.map(({ outcomeId, executionId }) => ({
          action: 'outcome.record',
          subject: `outcome/${outcomeId}`,
          after: { execution_id: executionId, metric, value: request.value },
        })),
      );
      return toResult(all, added);
    });
  }

  /** Lists the latest first. */
  async list(projectId: string, query: ListOutcomesQueryDto): Promise<OutcomeListDto> {
    const { execution_id: executionId, metric, cursor, limit } = query;
    const found = await this.scope.transaction(projectId, (tx) =>
      this.outcomes.list(tx, projectId, {
        executionId: executionId?.toLowerCase(),
        metric: metric === undefined ? undefined : toName(metric),
        beforeSequence: beforeSequence(cursor),
        limit: limit + 1,
      }),
    );
    const { entries, nextCursor } = toPage(found, limit, ({ sequence }) => sequence);
    return { outcomes: entries.map(outcomeView), next_cursor: nextCursor };
  }

  private async assertExists(projectId: string, executionId: string): Promise<void> {
    const status = await this.executions.findStatus(projectId, executionId);
    if (status === null) throw new ExecutionNotFoundError(executionId);
  }

  /** Lists the newest first. */
  private async listTargets(tx: EntityManager, projectId: string, target: Target): Promise<string[]> {
    if ('executionId' in target) return [target.executionId];
    const { correlationId } = target;
    const ids = await this.contents.listIds(tx, projectId, { correlationId, limit: MOST_CORRELATED + 1 });
    if (ids.length === 0) throw ExecutionNotFoundError.ofCorrelation(correlationId);
    if (ids.length > MOST_CORRELATED) throw new CorrelationTooWideError(correlationId, MOST_CORRELATED);
    return ids;
  }

  private toNew(actor: Actor, executionId: string, metric: string, value: number | boolean): NewOutcome {
    return {
      outcomeId: this.clock.newId(),
      executionId,
      metric,
      // Normalizes -0 to 0, because JSON would tell them apart.
      value: Number(value) + 0,
      isBoolean: typeof value === 'boolean',
      createdBy: actor.name,
      userId: actor.userId,
      keyId: actor.keyId,
      createdAt: this.clock.now(),
    };
  }
}

function readTarget({
  execution_id: sentId,
  correlation_id: sentCorrelation,
}: Pick<RecordOutcomeDto, 'execution_id' | 'correlation_id'>): Target {
  const [executionId, correlationId] = [sentId ?? null, sentCorrelation ?? null];
  if (executionId !== null && correlationId === null) return { executionId: executionId.toLowerCase() };
  if (correlationId !== null && executionId === null) return { correlationId };
  const pointer = executionId === null ? '/execution_id' : '/correlation_id';
  const message =
    executionId === null
      ? 'is required, or correlation_id'
      : 'cannot be used with execution_id; send one of the two';
  throw new ValidationError('Send either execution_id or correlation_id.', [{ pointer, message }]);
}

function toName(metric: string): string {
  return metric.replace(/^outcome:/, '');
}

function toResult(records: readonly OutcomeRecord[], added: ReadonlySet<string>): RecordOutcomeResultDto {
  const outcomes = records.map((record) => ({
    ...outcomeView(record),
    recorded: added.has(record.outcomeId),
  }));
  const [first] = outcomes;
  if (first === undefined) throw new Error('outcomes that were recorded cannot be read');
  return { ...first, recorded: added.size > 0, outcomes };
}

function outcomeView(record: OutcomeRecord): OutcomeDto {
  return {
    outcome_id: record.outcomeId,
    execution_id: record.executionId,
    metric: record.metric,
    value: record.isBoolean ? record.value === 1 : record.value,
    created_by: record.createdBy,
    created_at: record.createdAt.toISOString(),
  };
}

function beforeSequence(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  return decodeCursor(cursor, (number) =>
    typeof number === 'string' && /^[1-9]\d{0,17}$/.test(number) ? number : null,
  );
}
