import { Injectable } from '@nestjs/common';
import { ExecutionCountsRepository } from './execution-counts.repository.js';

/** What other rooms may know of the counts. */
@Injectable()
export class ExecutionCounts {
  constructor(private readonly counts: ExecutionCountsRepository) {}

  /** @returns final executions by the id of their version; a version without any is not in it. */
  byVersion(projectId: string, promptId: string): Promise<Map<string, number>> {
    return this.counts.byVersion(projectId, promptId);
  }
}
