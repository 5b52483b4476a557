import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ExecutionCountsRepository } from './execution-counts.repository.js';
import { ExecutionUsageRepository, type UsageQuery, type UsageRow } from './execution-usage.repository.js';

/** The counts for other modules. */
@Injectable()
export class ExecutionCounts {
  constructor(
    private readonly counts: ExecutionCountsRepository,
    private readonly usage: ExecutionUsageRepository,
  ) {}

  /** @returns final executions by the id of their version, without versions that have none. */
  byVersion(projectId: string, promptId: string): Promise<Map<string, number>> {
    return this.counts.byVersion(projectId, promptId);
  }

  /** Counts executions of a prompt in an environment by caller, busiest first. */
  listUsage(tx: EntityManager, projectId: string, query: UsageQuery): Promise<UsageRow[]> {
    return this.usage.list(tx, projectId, query);
  }
}
