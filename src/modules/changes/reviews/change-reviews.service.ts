import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import { toPrincipal } from '../../audit/index.js';
import { assertMayOver, type Caller, ForbiddenError, type Scope } from '../../auth/index.js';
import { APPROVERS } from './approvers.js';
import { ApprovedVersionsRepository } from '../../prompts/index.js';
import { ChangeLog } from '../change-log.js';
import { decideChange } from '../change-state.js';
import { toFacts } from '../change-views.js';
import { type ChangeRecord, ChangesRepository } from '../changes.repository.js';
import { closedBy } from '../closed-by.js';
import { ChangeNotFoundError, SelfApprovalError } from '../errors.js';
import { refusalError } from '../refusal-error.js';
import { ReviewsRepository } from './reviews.repository.js';

interface Identity {
  readonly principal: string;
  readonly keyId: string | null;
}

/** Approves, rejects and withdraws changes: every review before a change is applied, and of an emergency afterwards. */
@Injectable()
export class ChangeReviewsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly changes: ChangesRepository,
    private readonly reviews: ReviewsRepository,
    private readonly approved: ApprovedVersionsRepository,
    private readonly log: ChangeLog,
  ) {}

  /**
   * Approves a change. Approving it again does nothing. For a change applied in an emergency, this closes the review, and its version
   * counts as approved from then on.
   * @throws ChangeNotFoundError `CHANGE_NOT_FOUND` | ChangeStaleError `CHANGE_STALE` | ChangeClosedError `CHANGE_CLOSED`
   * @throws SelfApprovalError `SELF_APPROVAL`
   */
  async approve(caller: Caller, changeId: string, comment: string | null): Promise<void> {
    await this.act(caller, changeId, 'changes:approve', async (tx, change) => {
      const { projectId } = caller;
      const before = await this.listReviews(tx, projectId, changeId);
      const first = decideChange(toFacts(change, before), 'approve');
      if (first.kind === 'keep' || first.kind === 'refuse')
        return this.findRefusal(tx, caller, change, first);
      await this.assertSomebodyElse(tx, caller, change);
      const isNew = await this.addReview(tx, caller, changeId, 'approved', comment);
      const after = await this.listReviews(tx, projectId, changeId);
      const decision = decideChange(toFacts(change, after), 'approve');
      if (decision.kind === 'close review') {
        await this.changes.progress(tx, projectId, changeId, { status: change.status, review: 'closed' });
        const { promptId, environment, toVersionId: versionId } = change;
        // Not for a rollout, which may end with another version than its candidate.
        if (change.kind === 'version')
          await this.approved.add(tx, { projectId, promptId, environment, versionId, changeId });
        await this.log.append(tx, caller, change, 'change.review', { review: 'closed' }, comment);
      } else if (decision.kind === 'move') {
        if (decision.to !== change.status) {
          await this.changes.progress(tx, projectId, changeId, { status: decision.to });
        }
        if (isNew)
          await this.log.append(tx, caller, change, 'change.approve', { status: decision.to }, comment);
      }
      return null;
    });
  }

  /** @throws ChangeNotFoundError | ChangeStaleError | ChangeClosedError */
  async reject(caller: Caller, changeId: string, comment: string | null): Promise<void> {
    await this.act(caller, changeId, 'changes:approve', async (tx, change) => {
      const refused = await this.close(tx, caller, change, 'reject', comment);
      if (refused === null) await this.addReview(tx, caller, changeId, 'rejected', comment);
      return refused;
    });
  }

  /** Withdraws a change for the caller who opened it. @throws ForbiddenError `FORBIDDEN` | ChangeNotFoundError | ChangeStaleError | ChangeClosedError */
  async withdraw(caller: Caller, changeId: string, comment: string | null): Promise<void> {
    await this.act(caller, changeId, 'changes:write', async (tx, change) => {
      if (change.openedBy !== toPrincipal(caller)) {
        throw new ForbiddenError(
          [],
          'Only the user or key that opened a change can withdraw it; an approver can reject it with POST /v1/changes/{change_id}:reject.',
        );
      }
      return this.close(tx, caller, change, 'withdraw', comment);
    });
  }

  /**
   * Runs an action under the lock of the change. A refusal may record a new status of the change, so its error is thrown after the commit.
   * Telling who created whom requires the instance's view of users.
   */
  private async act(
    caller: Caller,
    changeId: string,
    scope: Scope,
    work: (tx: EntityManager, change: ChangeRecord) => Promise<Error | null>,
  ): Promise<void> {
    const { projectId } = caller;
    const refused = await this.scope.instance(projectId, async (tx) => {
      const locked = await this.changes.lock(tx, projectId, changeId);
      const change = locked === null ? null : await this.changes.find(tx, projectId, changeId);
      if (change === null) throw new ChangeNotFoundError(changeId);
      assertMayOver(caller, change.ownerTeam, scope);
      return work(tx, change);
    });
    if (refused !== null) throw refused;
  }

  private async close(
    tx: EntityManager,
    caller: Caller,
    change: ChangeRecord,
    action: 'reject' | 'withdraw',
    comment: string | null,
  ): Promise<Error | null> {
    const decision = decideChange(toFacts(change, []), action);
    const refused = await this.findRefusal(tx, caller, change, decision);
    if (refused !== null || decision.kind !== 'move') return refused;
    await this.changes.progress(tx, caller.projectId, change.changeId, {
      status: decision.to,
      ...closedBy(caller),
      closedReason: comment,
    });
    await this.log.append(tx, caller, change, `change.${action}`, { status: decision.to }, comment);
    return null;
  }

  /** Records the new status of a refused change. @returns the error of a refusal; null otherwise. */
  private async findRefusal(
    tx: EntityManager,
    caller: Caller,
    change: ChangeRecord,
    decision: ReturnType<typeof decideChange>,
  ): Promise<Error | null> {
    if (decision.kind !== 'refuse') return null;
    await this.log.settle(tx, caller, change, decision.to);
    return refusalError(change, decision, 0);
  }

  /** @throws SelfApprovalError `SELF_APPROVAL` if the caller opened the change, or applied it in an emergency, or is related to who did. */
  private async assertSomebodyElse(tx: EntityManager, caller: Caller, change: ChangeRecord): Promise<void> {
    const reviewer = { principal: toPrincipal(caller), keyId: caller.keyId };
    const author = { principal: change.openedBy, keyId: change.openedByKey };
    if (await this.isRelated(tx, reviewer, author)) throw SelfApprovalError.ofAuthor();
    if (change.review === null || change.closedBy === null) return;
    const applier = { principal: change.closedBy, keyId: change.closedByKey };
    if (await this.isRelated(tx, reviewer, applier)) throw SelfApprovalError.ofEmergency();
  }

  /** Returns whether both are the same, or either created the other's account or current key. A common creator does not relate them. */
  private async isRelated(tx: EntityManager, one: Identity, other: Identity): Promise<boolean> {
    if (one.principal === other.principal) return true;
    const makersOfOne = await this.reviews.listMakers(tx, listParts(one));
    if (makersOfOne.has(other.principal)) return true;
    return (await this.reviews.listMakers(tx, listParts(other))).has(one.principal);
  }

  private addReview(
    tx: EntityManager,
    caller: Caller,
    changeId: string,
    verdict: 'approved' | 'rejected',
    comment: string | null,
  ): Promise<boolean> {
    return this.reviews.insert(tx, {
      projectId: caller.projectId,
      changeId,
      reviewer: toPrincipal(caller),
      reviewerName: caller.name,
      keyId: caller.keyId,
      verdict,
      comment,
    });
  }

  private listReviews(tx: EntityManager, projectId: string, changeId: string) {
    return this.reviews.list(tx, projectId, [changeId], APPROVERS);
  }
}

/** Returns the account, and the key in use. */
function listParts({ principal, keyId }: Identity): string[] {
  return keyId === null ? [principal] : [principal, `key:${keyId}`];
}
