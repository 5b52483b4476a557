import { Injectable } from '@nestjs/common';
import { DatabaseClock, TenantScope } from '../../infra/database/index.js';
import { decodeIdCursor, toPage } from '../../infra/http/index.js';
import { ExecutionCounts } from '../analytics/index.js';
import { DEFAULT_POINTER, DiffService } from '../prompts/index.js';
import { APPROVERS } from './reviews/approvers.js';
import { changeSummary, impactView } from './change-views.js';
import type { ChangeDto, ChangeListDto, ListChangesQueryDto } from './changes.dto.js';
import { ChangesRepository } from './changes.repository.js';
import { ChangeNotFoundError } from './errors.js';
import { ReviewsRepository } from './reviews/reviews.repository.js';

const WEEK_MS = 7 * 24 * 3_600_000;

/** Reads changes. */
@Injectable()
export class ChangesService {
  constructor(
    private readonly scope: TenantScope,
    private readonly clock: DatabaseClock,
    private readonly changes: ChangesRepository,
    private readonly reviews: ReviewsRepository,
    private readonly counts: ExecutionCounts,
    private readonly diffs: DiffService,
  ) {}

  /** Lists the newest first. @throws ValidationError `VALIDATION_FAILED` for an invalid cursor. */
  async list(projectId: string, query: ListChangesQueryDto): Promise<ChangeListDto> {
    const { status, prompt_name: promptName, environment, limit, cursor } = query;
    const beforeId = decodeIdCursor(cursor);
    return this.scope.transaction(projectId, async (tx) => {
      const filter = { status, promptName, environment, beforeId, limit: limit + 1 };
      const found = await this.changes.list(tx, projectId, filter);
      const { entries, nextCursor } = toPage(found, limit, ({ changeId }) => changeId);
      const ids = entries.map(({ changeId }) => changeId);
      const reviews = await this.reviews.list(tx, projectId, ids, APPROVERS);
      const listReviews = (id: string) => reviews.filter(({ changeId }) => changeId === id);
      return {
        changes: entries.map((change) => changeSummary(change, listReviews(change.changeId))),
        next_cursor: nextCursor,
      };
    });
  }

  /** Reads a change with its diff and its current impact. @throws ChangeNotFoundError `CHANGE_NOT_FOUND` */
  async get(projectId: string, changeId: string): Promise<ChangeDto> {
    const { change, reviews, usage } = await this.scope.transaction(projectId, async (tx) => {
      const found = await this.changes.find(tx, projectId, changeId);
      if (found === null) throw new ChangeNotFoundError(changeId);
      const { promptId, environment } = found;
      const endMs = this.clock.now().getTime();
      return {
        change: found,
        reviews: await this.reviews.list(tx, projectId, [changeId], APPROVERS),
        usage: await this.counts.listUsage(tx, projectId, {
          promptId,
          environment,
          // Executions in environments without their own pointer run the active version.
          withUnpointed: environment === DEFAULT_POINTER,
          span: { startMs: endMs - WEEK_MS, endMs: Infinity },
        }),
      };
    });
    // In a separate transaction: versions do not change, and a request holds at most one connection.
    const diff = await this.diffs.findUnified(projectId, change.fromVersionId, change.toVersionId);
    return { ...changeSummary(change, reviews), diff, impact: impactView(usage) };
  }
}
