import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ExecutionCountsRepository } from './execution-counts.repository.js';
import { ExecutionUsageRepository, type UsageQuery, type UsageRow } from './execution-usage.repository.js';

/** The counts for other rooms. */
@Injectable()
export class ExecutionCounts {
  constructor(
    private readonly counts: ExecutionCountsRepository,
    private readonly usage: ExecutionUsageRepository,
  ) {}

  /** @returns final executions by the id of their version; a version without any is not in it. */
  byVersion(projectId: string, promptId: string): Promise<Map<string, number>> {
    return this.counts.byVersion(projectId, promptId);
  }

  /** Counts who ran a prompt in an environment, the busiest first. */
  listUsage(tx: EntityManager, projectId: string, query: UsageQuery): Promise<UsageRow[]> {
    return this.usage.list(tx, projectId, query);
  }
}
