import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OutboxEventEntity, WebhookDeliveryEntity } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { BudgetNotFoundError } from '../../budgets/index.js';
import { BatchNotFoundError, ExecutionNotFoundError } from '../../executions/index.js';
import type { DeliveryAttemptDto, DeliveryDto, DeliveryListDto } from './deliveries.dto.js';
import { DeliveriesRepository } from './deliveries.repository.js';

@Injectable()
export class DeliveriesService {
  constructor(
    private readonly scope: TenantScope,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  /** @throws ExecutionNotFoundError `EXECUTION_NOT_FOUND` */
  async listOfExecution(projectId: string, executionId: string): Promise<DeliveryListDto> {
    return this.scope.transaction(projectId, async (tx) => {
      const exists = await this.deliveries.hasExecution(tx, projectId, executionId);
      if (!exists) throw new ExecutionNotFoundError(executionId);
      return this.list(tx, projectId, executionId);
    });
  }

  /** @throws BatchNotFoundError `BATCH_NOT_FOUND` */
  async listOfBatch(projectId: string, batchId: string): Promise<DeliveryListDto> {
    return this.scope.transaction(projectId, async (tx) => {
      if (!(await this.deliveries.hasBatch(tx, projectId, batchId))) throw new BatchNotFoundError(batchId);
      return this.list(tx, projectId, batchId);
    });
  }

  /** @throws BudgetNotFoundError `BUDGET_NOT_FOUND` */
  async listOfBudget(projectId: string, budgetId: string): Promise<DeliveryListDto> {
    return this.scope.transaction(projectId, async (tx) => {
      if (!(await this.deliveries.hasBudget(tx, projectId, budgetId)))
        throw new BudgetNotFoundError(budgetId);
      return this.list(tx, projectId, budgetId);
    });
  }

  private async list(tx: EntityManager, projectId: string, subject: string): Promise<DeliveryListDto> {
    const events = await this.deliveries.listEvents(tx, projectId, subject);
    const ids = events.map(({ eventId }) => eventId);
    const attempts = await this.deliveries.listAttempts(tx, projectId, ids);
    return {
      deliveries: events.map((event) =>
        toDelivery(
          event,
          attempts.filter(({ eventId }) => eventId === event.eventId),
        ),
      ),
    };
  }
}

function toDelivery(event: OutboxEventEntity, attempts: readonly WebhookDeliveryEntity[]): DeliveryDto {
  const { doneAt, dueAt } = event;
  return {
    event_id: event.eventId,
    event_type: event.kind,
    url: String(event.body['url']),
    status: event.outcome ?? 'pending',
    created_at: event.createdAt.toISOString(),
    completed_at: doneAt?.toISOString() ?? null,
    next_attempt_at: doneAt === null ? (dueAt?.toISOString() ?? null) : null,
    attempts: attempts.map(toAttempt),
  };
}

function toAttempt(attempt: WebhookDeliveryEntity): DeliveryAttemptDto {
  return {
    attempt: attempt.attempt,
    status: attempt.outcome,
    response_status: attempt.responseStatus,
    error: attempt.error,
    started_at: attempt.startedAt.toISOString(),
    duration_ms: attempt.durationMs,
  };
}
