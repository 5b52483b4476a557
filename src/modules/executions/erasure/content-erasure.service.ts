import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { Metrics } from '../../../infra/metrics/index.js';
import { type Actor, AuditService } from '../../audit/index.js';
import { ExecutionNotFoundError } from '../errors.js';
import { ContentErasureRepository } from './content-erasure.repository.js';
import { ExecutionNotFinalError } from './errors.js';

/** Erases the content of executions on request. Their facts, costs and counts stay. */
@Injectable()
export class ContentErasureService {
  constructor(
    private readonly scope: TenantScope,
    private readonly contents: ContentErasureRepository,
    private readonly audit: AuditService,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Resolves when no table, answer or cache of any process still has the content. A second call erases what was written
   * since the first.
   * @throws ExecutionNotFoundError `EXECUTION_NOT_FOUND`
   * @throws ExecutionNotFinalError `EXECUTION_NOT_FINAL` while it is queued or running.
   */
  async erase(actor: Actor, executionId: string): Promise<void> {
    const isErased = await this.scope.transaction(actor.projectId, async (tx) => {
      const { state, erasedAt } = await this.contents.erase(tx, actor.projectId, executionId);
      if (state === 'absent') throw new ExecutionNotFoundError(executionId);
      if (state === 'in_flight') throw new ExecutionNotFinalError(executionId);
      if (state === 'erased_before') return false;
      await this.audit.append(tx, actor, {
        action: 'execution.erase_content',
        subject: `execution/${executionId}`,
        after: { content_erased_at: erasedAt?.toISOString() ?? null },
      });
      return true;
    });
    if (isErased) this.metrics.work.erasedBy.request.value += 1;
  }
}
