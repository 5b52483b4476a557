import { Injectable } from '@nestjs/common';
import { type EntityManager, In, IsNull, Not } from 'typeorm';
import {
  BatchEntity,
  BudgetEntity,
  OutboxEventEntity,
  WebhookDeliveryEntity,
} from '../../../entities/index.js';

/** Reads events to deliver, and their attempts. */
@Injectable()
export class DeliveriesRepository {
  async hasExecution(tx: EntityManager, projectId: string, executionId: string): Promise<boolean> {
    const text = 'SELECT 1 FROM executions_all WHERE project_id = $1 AND execution_id = $2';
    return (await tx.query<unknown[]>(text, [projectId, executionId])).length > 0;
  }

  async hasBatch(tx: EntityManager, projectId: string, batchId: string): Promise<boolean> {
    return tx.existsBy(BatchEntity, { projectId, batchId });
  }

  /** Includes ended budgets, because their past deliveries stay readable. */
  async hasBudget(tx: EntityManager, projectId: string, budgetId: string): Promise<boolean> {
    return tx.existsBy(BudgetEntity, { projectId, budgetId });
  }

  /** Lists the oldest first. */
  async listEvents(tx: EntityManager, projectId: string, subject: string): Promise<OutboxEventEntity[]> {
    return tx.find(OutboxEventEntity, {
      where: { projectId, subject, dueAt: Not(IsNull()) },
      order: { eventId: 'ASC' },
    });
  }

  /** Lists attempts in order. */
  async listAttempts(
    tx: EntityManager,
    projectId: string,
    eventIds: readonly string[],
  ): Promise<WebhookDeliveryEntity[]> {
    return tx.find(WebhookDeliveryEntity, {
      where: { projectId, eventId: In([...eventIds]) },
      order: { attempt: 'ASC' },
    });
  }
}
