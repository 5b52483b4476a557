import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../infra/database/index.js';
import { ValidationError } from '../../kernel/index.js';
import { AuditService, toPrincipal } from '../audit/index.js';
import { assertMayOver, type Caller } from '../auth/index.js';
import { PromptNotFoundError, VersionNotFoundError } from '../prompts/index.js';
import { RolloutDrafts } from '../rollouts/index.js';
import type { OpenChangeDto } from './changes.dto.js';
import { ChangesRepository, type ChangeTarget } from './changes.repository.js';
import { EnvironmentNotProtectedError } from './errors.js';
import { EvidenceCheck } from './evidence/evidence-check.js';

/** The effect that a change asks for. */
interface WantedChange {
  readonly promptName: string;
  readonly environment: string;
  readonly versionNumber: number;
  /** The rollout to start; null to move a pointer. */
  readonly rolloutId: string | null;
}

/** A target for which a change can be opened. */
type OpenableTarget = ChangeTarget & { readonly versionId: string; readonly checksumHash: string };

/** Opens changes for protected environments. */
@Injectable()
export class OpenChangeService {
  constructor(
    private readonly scope: TenantScope,
    private readonly changes: ChangesRepository,
    private readonly rollouts: RolloutDrafts,
    private readonly evidence: EvidenceCheck,
    private readonly audit: AuditService,
  ) {}

  /**
   * Opens a change, and ties its approvals to the current state of its target.
   * @returns the id of the change.
   * @throws PromptNotFoundError | VersionNotFoundError | ForbiddenError
   * @throws EnvironmentNotProtectedError `ENVIRONMENT_NOT_PROTECTED` if no change is needed.
   * @throws ValidationError `VALIDATION_FAILED` when the environment runs that version already, or evidence is duplicated.
   * @throws ExperimentNotFoundError `EXPERIMENT_NOT_FOUND` for missing evidence.
   */
  async open(caller: Caller, request: OpenChangeDto): Promise<string> {
    const { projectId } = caller;
    const { reason } = request;
    return this.scope.transaction(projectId, async (tx) => {
      const wanted = await this.readWanted(tx, projectId, request);
      const { promptName, environment, versionNumber, rolloutId } = wanted;
      const target = await this.changes.findTarget(tx, projectId, wanted);
      assertOpenable(target, wanted, caller);
      const evidence = await this.evidence.read(tx, projectId, request.evidence ?? []);
      const id = await this.changes.insert(tx, {
        projectId,
        promptId: target.promptId,
        kind: rolloutId === null ? 'version' : 'rollout',
        rolloutId,
        environment,
        fromVersionId: target.fromVersionId,
        toVersionId: target.versionId,
        checksumHash: target.checksumHash,
        reason,
        evidence,
        openedBy: toPrincipal(caller),
        openedByName: caller.name,
        openedByKey: caller.keyId,
        requiredApprovals: target.requiredApprovals,
        approvalTeams: target.approvalTeams,
        policyRevision: target.policyRevision,
        ttlH: target.changeTtlH,
      });
      const after = {
        prompt_name: promptName,
        environment,
        ...(rolloutId === null ? {} : { rollout_id: rolloutId }),
        from_version_id: target.fromVersionId,
        to_version: versionNumber,
        checksum_hash: target.checksumHash,
        required_approvals: target.requiredApprovals,
        evidence,
      };
      await this.audit.append(tx, caller, { action: 'change.open', subject: `change/${id}`, after, reason });
      return id;
    });
  }

  /** @throws what `RolloutDrafts.get` throws. */
  private async readWanted(
    tx: EntityManager,
    projectId: string,
    request: OpenChangeDto,
  ): Promise<WantedChange> {
    const { prompt_name: promptName, environment, version_number: versionNumber } = request;
    const rolloutId = request.rollout_id ?? null;
    if (request.kind !== 'rollout') {
      if (rolloutId !== null) throw strayRolloutError();
      return { promptName, environment, versionNumber, rolloutId };
    }
    const draft = await this.rollouts.get(tx, projectId, rolloutId as string);
    const wanted = {
      promptName: draft.promptName,
      environment: draft.environment,
      versionNumber: draft.candidateVersion,
    };
    assertSame(request, wanted);
    return { ...wanted, rolloutId };
  }
}

function strayRolloutError(): ValidationError {
  return new ValidationError('Say kind "rollout" for a change that starts a rollout.', [
    { pointer: '/rollout_id', message: 'can only be used with kind "rollout"' },
  ]);
}

/** @throws ValidationError `VALIDATION_FAILED` for values that differ from the rollout's. */
function assertSame(
  { prompt_name, environment, version_number }: Partial<OpenChangeDto>,
  wanted: Omit<WantedChange, 'rolloutId'>,
): void {
  const pairs = [
    ['prompt_name', prompt_name, wanted.promptName],
    ['environment', environment, wanted.environment],
    ['version_number', version_number, wanted.versionNumber],
  ] as const;
  const errors = pairs
    .filter(([, said, meant]) => said != null && said !== meant)
    .map(([name, , meant]) => ({
      pointer: `/${name}`,
      message: `is ${JSON.stringify(meant)} in the rollout`,
    }));
  if (errors.length > 0) throw new ValidationError('Leave out what the rollout says for itself.', errors);
}

function assertOpenable(
  target: ChangeTarget | null,
  { promptName: name, environment, versionNumber: number, rolloutId }: WantedChange,
  caller: Caller,
): asserts target is OpenableTarget {
  if (target === null) throw new PromptNotFoundError(name);
  assertMayOver(caller, target.ownerTeam, 'changes:write');
  if (target.versionId === null) throw new VersionNotFoundError(`version ${number} of prompt "${name}"`);
  if (target.isProtected !== true) throw new EnvironmentNotProtectedError(environment, rolloutId);
  if (target.versionId !== target.fromVersionId) return;
  throw new ValidationError(
    `The environment "${environment}" runs version ${number} already; ask for another.`,
    [{ pointer: '/version_number', message: 'is the version that the environment runs' }],
  );
}
