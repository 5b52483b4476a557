import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ValidationError } from '../../kernel/index.js';
import { toPrincipal } from '../audit/index.js';
import { assertMayOver, type Caller, ForbiddenError } from '../auth/index.js';
import { type RegistryOutcome, RegistryTransactions } from '../prompts/index.js';
import { APPROVERS } from './reviews/approvers.js';
import { ChangeEffects } from './change-effects.js';
import { ChangeLog } from './change-log.js';
import { decideChange } from './change-state.js';
import { countApprovals, toFacts } from './change-views.js';
import type { ApplyChangeDto } from './changes.dto.js';
import { type ChangeRecord, ChangesRepository } from './changes.repository.js';
import { closedBy } from './closed-by.js';
import { EvidenceCheck } from './evidence/evidence-check.js';
import { ChangeNotFoundError } from './errors.js';
import { refusalError } from './refusal-error.js';
import { ReviewsRepository } from './reviews/reviews.repository.js';

/** The result of an attempt, once committed. */
interface Outcome extends RegistryOutcome {
  readonly refused: Error | null;
}

/** Applies approved changes, and any change in an emergency. */
@Injectable()
export class ApplyChangeService {
  constructor(
    private readonly registry: RegistryTransactions,
    private readonly changes: ChangesRepository,
    private readonly reviews: ReviewsRepository,
    private readonly evidence: EvidenceCheck,
    private readonly effects: ChangeEffects,
    private readonly log: ChangeLog,
  ) {}

  /**
   * Applies a change. Applying it again does nothing.
   * @throws ChangeNotFoundError `CHANGE_NOT_FOUND` | ChangeStaleError `CHANGE_STALE` | ChangeClosedError `CHANGE_CLOSED`
   * @throws ApprovalsMissingError `APPROVALS_MISSING` | EvidenceMissingError `EVIDENCE_MISSING`
   * @throws ForbiddenError `FORBIDDEN` for a caller who neither opened it nor may approve, and for an emergency by a caller who is not an
   *   admin.
   * @throws ValidationError `VALIDATION_FAILED` for an emergency without a reason.
   */
  async apply(caller: Caller, changeId: string, request: ApplyChangeDto): Promise<void> {
    const isEmergency = request.emergency === true;
    if (isEmergency) assertEmergency(caller, request);
    const { refused } = await this.registry.run(caller.projectId, (tx) =>
      this.applyLocked(tx, caller, changeId, request),
    );
    if (refused !== null) throw refused;
  }

  /**
   * Locks the change, the rules of the environment, the prompt, and last the project, so that nothing checked here changes before the
   * commit. All code takes these locks in this order.
   */
  private async applyLocked(
    tx: EntityManager,
    caller: Caller,
    changeId: string,
    request: ApplyChangeDto,
  ): Promise<Outcome> {
    const { projectId } = caller;
    const locked = await this.changes.lock(tx, projectId, changeId);
    if (locked === null) throw new ChangeNotFoundError(changeId);
    await this.effects.holdRules(tx, projectId, locked.environment);
    await this.changes.lockPrompt(tx, projectId, locked.promptId);
    const change = (await this.changes.find(tx, projectId, changeId)) as ChangeRecord;
    const isEmergency = request.emergency === true;
    if (!isEmergency) assertMayApply(caller, change);
    const reviews = await this.reviews.list(tx, projectId, [changeId], APPROVERS);
    const decision = decideChange(toFacts(change, reviews), isEmergency ? 'applyNow' : 'apply');
    const { promptName } = change;
    if (decision.kind === 'refuse') {
      await this.log.settle(tx, caller, change, decision.to);
      return { refused: refusalError(change, decision, countApprovals(reviews)), promptName, revision: null };
    }
    if (decision.kind !== 'move') return { refused: null, promptName, revision: null };
    if (!isEmergency) await this.evidence.assertShown(tx, projectId, change);
    const revision = isEmergency
      ? await this.moveInEmergency(tx, caller, change, request.reason as string)
      : await this.moveAsApproved(tx, caller, change, request.comment ?? null);
    return { refused: null, promptName, revision };
  }

  private async moveAsApproved(
    tx: EntityManager,
    caller: Caller,
    change: ChangeRecord,
    comment: string | null,
  ): Promise<number> {
    const closing = { ...closedBy(caller), closedReason: comment };
    await this.changes.progress(tx, caller.projectId, change.changeId, { status: 'applied', ...closing });
    await this.log.append(tx, caller, change, 'change.apply', { status: 'applied' }, comment);
    return this.effects.bringAbout(tx, caller, change, { reason: change.reason, emergency: false });
  }

  private async moveInEmergency(
    tx: EntityManager,
    caller: Caller,
    change: ChangeRecord,
    reason: string,
  ): Promise<number> {
    const { projectId } = caller;
    const { changeId } = change;
    const closing = { ...closedBy(caller), closedReason: reason };
    await this.changes.progress(tx, projectId, changeId, {
      status: 'applied',
      emergency: true,
      review: 'open',
      ...closing,
    });
    const after = { status: 'applied', emergency: true, review: 'open' };
    await this.log.append(tx, caller, change, 'change.emergency', after, reason);
    await this.changes.announce(tx, projectId, {
      type: 'change.emergency',
      changeId,
      data: {
        change_id: changeId,
        prompt_name: change.promptName,
        environment: change.environment,
        from_version: change.fromVersion,
        to_version: change.toVersion,
        applied_by: caller.name,
        reason,
      },
    });
    return this.effects.bringAbout(tx, caller, change, { reason, emergency: true });
  }
}

/** @throws ForbiddenError `FORBIDDEN` for a caller who neither opened the change nor may approve it. */
function assertMayApply(caller: Caller, change: ChangeRecord): void {
  const { ownerTeam } = change;
  assertMayOver(caller, ownerTeam, 'changes:write');
  if (change.openedBy !== toPrincipal(caller)) assertMayOver(caller, ownerTeam, APPROVERS.scope);
}

/** @throws ForbiddenError | ValidationError */
function assertEmergency({ scopes }: Caller, { reason }: ApplyChangeDto): void {
  if (!scopes.has('environments:write')) {
    throw new ForbiddenError(
      ['environments:write'],
      'Only an admin can apply a change in an emergency; this needs the scope environments:write.',
    );
  }
  if (reason != null && reason.trim() !== '') return;
  throw new ValidationError('Say with reason why it cannot wait.', [
    { pointer: '/reason', message: 'is needed in an emergency' },
  ]);
}
