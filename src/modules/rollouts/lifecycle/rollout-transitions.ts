import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RolloutStatus } from '../../../entities/index.js';
import { type Actor, AuditService, systemActor } from '../../audit/index.js';
import {
  EnvironmentProtectedError,
  type HeldPointer,
  PointerKeeper,
  PointerMover,
  PromptNotFoundError,
} from '../../prompts/index.js';
import {
  RolloutActiveError,
  RolloutControlMovedError,
  RolloutFinalError,
  RolloutNotFoundError,
  RolloutStatusError,
} from '../errors.js';
import { ACTION_RULES, isFinal, judgeAction, type RolloutAction } from './rollout-state.js';
import { type RolloutProgress, type RolloutRecord, RolloutsRepository } from './rollouts.repository.js';

/** The state of a rollout as the decider read it. */
export interface ReadRollout {
  readonly projectId: string;
  readonly rolloutId: string;
  readonly fence: number;
  /** The step at that time, from 1. */
  readonly phase: number;
}

export interface RolloutEnd {
  /** `paused` is not final: somebody may resume the rollout. */
  readonly outcome: 'rolled_back' | 'completed' | 'paused';
  readonly reason: string;
  /** Whether the pointer moves to the candidate, for `completed`. Left out: as the rollout's definition says. */
  readonly applies?: boolean;
}

export interface ActionOptions {
  readonly reason: string | null;
  /** The change that approved the action. Left out: the rollout keeps its current one. */
  readonly changeId?: string;
}

export interface Transition {
  readonly promptName: string;
  /** The revision for `RegistryWatch.apply` after the commit; null if nothing changed. */
  readonly revision: number | null;
}

interface Step {
  readonly to: RolloutStatus;
  readonly phase: number;
  /** The verb for the audit log, such as `start`. */
  readonly verb: string;
  /** The event type for webhooks. */
  readonly event: string;
  readonly reason: string | null;
  readonly changeId?: string;
}

/**
 * Changes the status of a rollout. Rules and prompt are locked first, then the rollout, and last the project, which gives the prompt a
 * new revision. From then on no execution starts from the previous state, in any process.
 *
 * ```
 * draft → running ⇄ paused          running → completed
 *   └──────── │ ──────┴→ stopped       running, paused → rolled_back
 * ```
 */
@Injectable()
export class RolloutTransitions {
  constructor(
    private readonly rollouts: RolloutsRepository,
    private readonly keeper: PointerKeeper,
    private readonly mover: PointerMover,
    private readonly audit: AuditService,
  ) {}

  /**
   * Applies a requested action. Repeating it changes nothing.
   * @throws RolloutNotFoundError `ROLLOUT_NOT_FOUND` | RolloutFinalError `ROLLOUT_FINAL` | RolloutStatusError `ROLLOUT_STATUS`
   * @throws RolloutActiveError `ROLLOUT_ACTIVE` | RolloutControlMovedError `ROLLOUT_CONTROL_MOVED` when starting or resuming.
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` for an action that requires a change and has none.
   * @throws PromptNotFoundError `PROMPT_NOT_FOUND` for a deleted prompt, unless the action stops a draft.
   */
  async act(
    tx: EntityManager,
    actor: Actor,
    rolloutId: string,
    action: RolloutAction,
    options: ActionOptions,
  ): Promise<Transition> {
    const { projectId } = actor;
    const found = await this.rollouts.find(tx, projectId, rolloutId);
    if (found === null) throw new RolloutNotFoundError(rolloutId);
    const { promptName } = found;
    // A final status stays, even if the prompt was deleted since.
    if (isFinal(found.status) && !mayMove(action, found)) return { promptName, revision: null };
    const pointer = await this.holdPointer(tx, found, action);
    const rollout = (await this.rollouts.findLocked(tx, projectId, rolloutId)) as RolloutRecord;
    if (!mayMove(action, rollout)) return { promptName, revision: null };
    const { to, event } = ACTION_RULES[action];
    if (to === 'running') await this.assertMayRun(tx, rollout, pointer, options);
    const phase = action === 'start' ? 1 : rollout.phase;
    const step: Step = { to, phase, verb: action, event, ...options };
    return { promptName, revision: await this.take(tx, actor, rollout, step) };
  }

  /** Locks rules and prompt. @returns null for a draft of a deleted prompt, which can only be stopped. */
  private async holdPointer(
    tx: EntityManager,
    rollout: RolloutRecord,
    action: RolloutAction,
  ): Promise<HeldPointer | null> {
    try {
      return await this.keeper.hold(tx, { ...rollout, name: rollout.promptName });
    } catch (error) {
      if (action === 'stop' && error instanceof PromptNotFoundError) return null;
      throw error;
    }
  }

  /**
   * Begins the next step. Runs in the decider's transaction, which may have locked the rollout, so nothing here waits for a transaction
   * that could wait for that lock.
   * @returns false without a write if the rollout or pointer changed since it was read, there is no next step, or the pointer is being
   *   moved. The decider then looks again.
   */
  async advance(tx: EntityManager, read: ReadRollout): Promise<boolean> {
    const rollout = await this.findAsRead(tx, read);
    if (rollout === null || rollout.phase >= rollout.definition.steps.length) return false;
    const step: Step = {
      to: 'running',
      phase: rollout.phase + 1,
      verb: 'advance',
      event: 'rollout.advanced',
      reason: null,
    };
    await this.take(tx, systemActor(read.projectId), rollout, step);
    return true;
  }

  /** Ends or pauses a rollout, in the decider's transaction. @returns false as {@link advance} does. */
  async finish(tx: EntityManager, read: ReadRollout, end: RolloutEnd): Promise<boolean> {
    const rollout = await this.findAsRead(tx, read);
    if (rollout === null) return false;
    const actor = systemActor(read.projectId);
    const { outcome, reason } = end;
    const verb = { rolled_back: 'roll_back', completed: 'complete', paused: 'pause' }[outcome];
    const step: Step = { to: outcome, phase: rollout.phase, verb, event: `rollout.${outcome}`, reason };
    const applies = outcome === 'completed' && (end.applies ?? rollout.definition.onSuccess === 'apply');
    if (!applies) await this.take(tx, actor, rollout, step);
    else {
      // Write this before the pointer moves, because a move stops whatever still runs.
      await this.write(tx, actor, rollout, step);
      await this.mover.moveEnvironmentPointer(
        tx,
        actor,
        { ...rollout, name: rollout.promptName },
        rollout.environment,
        rollout.candidateVersionId,
        { reason, changeId: rollout.changeId, ifAt: rollout.controlVersionId },
      );
    }
    return true;
  }

  /** Locks and returns the rollout; null unless it still runs as it was read, beside the pointer that it compares with. */
  private async findAsRead(
    tx: EntityManager,
    { projectId, rolloutId, fence, phase }: ReadRollout,
  ): Promise<RolloutRecord | null> {
    const found = await this.rollouts.find(tx, projectId, rolloutId);
    if (found === null) return null;
    const pointer = await this.keeper.tryHold(tx, found);
    if (pointer === null || pointer.versionId !== found.controlVersionId) return null;
    const rollout = await this.rollouts.findLocked(tx, projectId, rolloutId);
    if (rollout === null || rollout.status !== 'running') return null;
    return rollout.fence === fence && rollout.phase === phase ? rollout : null;
  }

  private async assertMayRun(
    tx: EntityManager,
    rollout: RolloutRecord,
    pointer: HeldPointer | null,
    { changeId }: ActionOptions,
  ): Promise<void> {
    const { projectId, rolloutId, promptName, environment } = rollout;
    if (pointer === null) throw new PromptNotFoundError(promptName);
    const { versionId, isProtected } = pointer;
    const activeId = await this.rollouts.findActive(tx, rollout);
    if (activeId !== null && activeId !== rolloutId)
      throw new RolloutActiveError(promptName, environment, activeId);
    if (versionId !== rollout.controlVersionId) {
      const number =
        versionId === null ? null : await this.rollouts.findVersionNumber(tx, projectId, versionId);
      throw new RolloutControlMovedError(promptName, environment, number);
    }
    if (isProtected && (changeId ?? rollout.changeId) === null)
      throw EnvironmentProtectedError.ofRollout(promptName, environment, rolloutId);
  }

  /** Writes the step, and notifies every process. @returns the prompt's new revision; null for a draft. */
  private async take(
    tx: EntityManager,
    actor: Actor,
    rollout: RolloutRecord,
    step: Step,
  ): Promise<number | null> {
    await this.write(tx, actor, rollout, step);
    if (rollout.status === 'draft' && step.to !== 'running') return null;
    if (step.to !== 'rolled_back') return this.keeper.renew(tx, rollout);
    const { projectId, promptId, environment, controlVersionId: versionId, changeId } = rollout;
    const { reason } = step;
    return this.keeper.stay(tx, {
      projectId,
      promptId,
      environment,
      versionId,
      by: actor.name,
      reason,
      changeId,
    });
  }

  private async write(
    tx: EntityManager,
    actor: Actor,
    rollout: RolloutRecord,
    { to, phase, verb, event, reason, changeId }: Step,
  ): Promise<void> {
    const { projectId, rolloutId, promptName: prompt_name, environment } = rollout;
    const progress: RolloutProgress = {
      status: to,
      phase,
      changeId: changeId ?? rollout.changeId,
      by: actor.name,
      reason,
    };
    await this.rollouts.progress(tx, rollout, progress, isFinal(to));
    await this.audit.append(tx, actor, {
      action: `rollout.${verb}`,
      subject: `rollout/${rolloutId}`,
      before: { prompt_name, environment, status: rollout.status, phase: rollout.phase },
      after: { prompt_name, environment, status: to, phase, change_id: progress.changeId },
      reason,
    });
    await this.rollouts.announce(tx, projectId, rolloutId, event);
  }
}

/** @returns false if the rollout already has the status. @throws RolloutFinalError | RolloutStatusError */
function mayMove(action: RolloutAction, { rolloutId, status }: RolloutRecord): boolean {
  switch (judgeAction(action, status)) {
    case 'move':
      return true;
    case 'keep':
      return false;
    case 'final':
      throw new RolloutFinalError(rolloutId, status);
    case 'refuse':
      throw new RolloutStatusError(rolloutId, status, ACTION_RULES[action].from);
  }
}
