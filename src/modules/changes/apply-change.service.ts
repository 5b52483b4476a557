import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../infra/database/index.js';
import { ValidationError } from '../../kernel/index.js';
import { toPrincipal } from '../audit/index.js';
import { assertMayOver, type Caller, ForbiddenError } from '../auth/index.js';
import { PointerMover, RegistryWatch } from '../prompts/index.js';
import { RolloutTransitions } from '../rollouts/index.js';
import { APPROVERS } from './reviews/approvers.js';
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

/** The end of an attempt, once it is committed. `revision` is null where no pointer moved. */
interface Outcome {
  readonly refused: Error | null;
  readonly promptName: string;
  readonly revision: number | null;
}

/** Brings about what was approved. */
@Injectable()
export class ApplyChangeService {
  constructor(
    private readonly scope: TenantScope,
    private readonly changes: ChangesRepository,
    private readonly reviews: ReviewsRepository,
    private readonly pointers: PointerMover,
    private readonly rollouts: RolloutTransitions,
    private readonly watch: RegistryWatch,
    private readonly log: ChangeLog,
    private readonly evidence: EvidenceCheck,
  ) {}

  /**
   * Applying twice is applying once.
   * @throws ChangeNotFoundError `CHANGE_NOT_FOUND` | ChangeStaleError `CHANGE_STALE` | ChangeClosedError `CHANGE_CLOSED`
   * @throws ApprovalsMissingError `APPROVALS_MISSING` | EvidenceMissingError `EVIDENCE_MISSING`
   * @throws ForbiddenError `FORBIDDEN` for who neither opened it nor may approve, and for an emergency of who is no admin.
   * @throws ValidationError `VALIDATION_FAILED` for an emergency without a reason.
   */
  async apply(caller: Caller, changeId: string, request: ApplyChangeDto): Promise<void> {
    const isEmergency = request.emergency === true;
    if (isEmergency) assertEmergency(caller, request);
    const { projectId } = caller;
    const { refused, promptName, revision } = await this.scope.transaction(projectId, (tx) =>
      this.applyLocked(tx, caller, changeId, request),
    );
    if (revision !== null) this.watch.apply(projectId, promptName, revision);
    if (refused !== null) throw refused;
  }

  /**
   * Locks the change, the rules of the environment, the prompt, and last the project: so nothing that is looked at here moves
   * before the commit, and all code takes these locks in one order.
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
    await this.pointers.holdRules(tx, projectId, locked.environment);
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
    return this.move(tx, caller, change, { reason: change.reason, emergency: false });
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
    return this.move(tx, caller, change, { reason, emergency: true });
  }

  /** The last statements of the transaction. @returns the revision that it took. */
  private async move(
    tx: EntityManager,
    caller: Caller,
    change: ChangeRecord,
    why: { readonly reason: string; readonly emergency: boolean },
  ): Promise<number> {
    const { promptId, promptName: name, environment, changeId, fromVersionId, toVersionId } = change;
    if (change.rolloutId !== null) {
      const options = { reason: why.reason, changeId };
      const started = await this.rollouts.act(tx, caller, change.rolloutId, 'start', options);
      if (started.revision === null) throw new Error('a draft under lock was found started');
      return started.revision;
    }
    const prompt = { projectId: caller.projectId, promptId, name };
    const { outcome, revision } = await this.pointers.moveEnvironmentPointer(
      tx,
      caller,
      prompt,
      environment,
      toVersionId,
      { ...why, changeId, ifAt: fromVersionId },
    );
    if (revision === null) throw new Error(`a pointer under lock was found ${outcome}`);
    return revision;
  }
}

/** @throws ForbiddenError `FORBIDDEN` */
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
