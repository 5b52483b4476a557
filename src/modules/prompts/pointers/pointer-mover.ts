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
  /** The change that causes the move. With one, a protected environment accepts the version. */
  readonly changeId?: string | null;
  /** Whether the change bypasses its approvals. If not, the version counts as approved from then on. */
  readonly emergency?: boolean;
  /** The version that the pointer must select now, null for none. Left out: any. */
  readonly ifAt?: string | null;
  /** Whether a protected environment accepts a version that was approved for it before. */
  readonly allowsApproved?: boolean;
}

export interface PointerMoveOutcome {
  /** `unchanged`: the pointer already selects the version. `elsewhere`: it does not select `ifAt`. Neither writes anything. */
  readonly outcome: 'moved' | 'unchanged' | 'elsewhere';
  /** The version that the pointer selected before; null for none. */
  readonly fromVersionId: string | null;
  /** The revision that `RegistryTransactions` announces after the commit; null unless the pointer moved. */
  readonly revision: number | null;
}

type MovedPrompt = Pick<PromptEntity, 'projectId' | 'promptId' | 'name'>;

/** Moves the pointers of environments. Only this class decides when a protected environment allows a move. */
@Injectable()
export class PointerMover {
  constructor(
    private readonly rules: EnvironmentRulesRepository,
    private readonly prompts: PromptsRepository,
    private readonly approvals: ApprovedVersionsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Locks and returns the rules of an environment until the transaction ends. Call it before any lock on a prompt.
   * @returns null for an environment that has no rules.
   */
  holdRules(tx: EntityManager, projectId: string, environment: string): Promise<EnvironmentEntity | null> {
    return this.rules.hold(tx, projectId, environment);
  }

  /**
   * Points an environment at a version of the prompt, with an entry in the audit log. Locks the rules, the prompt and the project, in this
   * order. Must be the last statement of its transaction, so that revisions are ordered like the commits.
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
