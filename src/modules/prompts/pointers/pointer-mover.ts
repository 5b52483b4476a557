import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EnvironmentEntity, PromptEntity } from '../../../entities/index.js';
import { type Actor, AuditService } from '../../audit/index.js';
import { EnvironmentProtectedError, PromptNotFoundError } from '../errors.js';
import { PromptsRepository } from '../prompts.repository.js';
import { EnvironmentRulesRepository } from './environment-rules.repository.js';
import { ApprovedVersionsRepository } from './approved-versions.repository.js';

export interface PointerMoveOptions {
  readonly reason: string | null;
  /** The change that brings it about. With one, a protected environment lets the version in. */
  readonly changeId?: string | null;
  /** Whether that change is applied past its approvals; if not, the version counts as approved from then on. */
  readonly emergency?: boolean;
  /** The version that the pointer has to stand at now, null for none; left out: any. */
  readonly ifAt?: string | null;
  /** Whether a protected environment lets a version in that was approved for it once. */
  readonly allowsApproved?: boolean;
}

export interface PointerMoveOutcome {
  /** `unchanged`: it stood there already. `elsewhere`: it does not stand at `ifAt`. Nothing was written in either case. */
  readonly outcome: 'moved' | 'unchanged' | 'elsewhere';
  /** The version that the pointer stood at; null for none. */
  readonly fromVersionId: string | null;
  /** For `RegistryTransactions`, which makes it known once it has committed; null unless it moved. */
  readonly revision: number | null;
}

type MovedPrompt = Pick<PromptEntity, 'projectId' | 'promptId' | 'name'>;

/** Moves the pointers of environments, and is the only one who knows when a protected environment allows that. */
@Injectable()
export class PointerMover {
  constructor(
    private readonly rules: EnvironmentRulesRepository,
    private readonly prompts: PromptsRepository,
    private readonly approvals: ApprovedVersionsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Locks and returns the rules of an environment until the transaction ends. This lock comes before every lock on a prompt.
   * @returns null for an environment that has no rules.
   */
  holdRules(tx: EntityManager, projectId: string, environment: string): Promise<EnvironmentEntity | null> {
    return this.rules.hold(tx, projectId, environment);
  }

  /**
   * Points an environment at a version of the prompt, with an entry in the audit log. It locks the rules, the prompt and
   * the project, in this order, and has to be the last statement of its transaction: revisions are ordered as the commits are.
   * @param versionId a version of this prompt.
   * @throws PromptNotFoundError `PROMPT_NOT_FOUND` for a prompt that is deleted.
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` for a move that needs a change and has none.
   */
  async moveEnvironmentPointer(
    tx: EntityManager,
    actor: Actor,
    prompt: MovedPrompt,
    environment: string,
    versionId: string,
    options: PointerMoveOptions,
  ): Promise<PointerMoveOutcome> {
    const { projectId, promptId, name } = prompt;
    const { reason, changeId = null, emergency = false, ifAt, allowsApproved = false } = options;
    const rules = await this.rules.hold(tx, projectId, environment);
    if (!(await this.prompts.lockById(tx, projectId, promptId))) throw new PromptNotFoundError(name);
    const pointer = await this.prompts.findPointer(tx, prompt, environment);
    const from = pointer?.versionId ?? null;
    if (ifAt !== undefined && ifAt !== from)
      return { outcome: 'elsewhere', fromVersionId: from, revision: null };
    if (from === versionId) return { outcome: 'unchanged', fromVersionId: from, revision: null };
    if (rules?.isProtected === true && changeId === null) {
      const isApproved =
        allowsApproved && (await this.approvals.isApproved(tx, prompt, environment, versionId));
      if (!isApproved) throw EnvironmentProtectedError.ofMove(name, environment);
    }
    await this.audit.append(tx, actor, {
      action: 'environment.move',
      subject: `prompt/${name}`,
      subjectId: promptId,
      reason,
      before: { environment, version_id: from },
      after: { environment, version_id: versionId, change_id: changeId, emergency },
    });
    const move = { environment, from, to: versionId, by: actor.name, reason, changeId, emergency };
    const revision = await this.prompts.takeRevision(tx, prompt, move);
    return { outcome: 'moved', fromVersionId: from, revision };
  }
}
