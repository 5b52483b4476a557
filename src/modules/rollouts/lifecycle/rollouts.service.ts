import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, toPage } from '../../../infra/http/index.js';
import { UUID, ValidationError } from '../../../kernel/index.js';
import { AuditService } from '../../audit/index.js';
import { assertMayOver, type Caller } from '../../auth/index.js';
import { PromptNotFoundError, RegistryWatch, VersionNotFoundError } from '../../prompts/index.js';
import { RolloutControlMovedError, RolloutNotFoundError } from '../errors.js';
import { listNamed, readDefinition } from './read-definition.js';
import type { RolloutAction } from './rollout-state.js';
import { RolloutTransitions } from './rollout-transitions.js';
import { rolloutView } from './rollout-views.js';
import type { RolloutDto, RolloutListDto } from './rollout.dto.js';
import type { CreateRolloutDto, ListRolloutsQueryDto } from './rollouts.dto.js';
import { type RolloutRecord, RolloutsRepository, type RolloutTarget } from './rollouts.repository.js';

/** Executions there run named versions, or are people trying things out, so splitting them would show nothing. */
const WITHOUT_ROLLOUTS: ReadonlySet<string> = new Set(['experiment', 'playground']);

/** A target for which a rollout can be created. */
type FoundTarget = { readonly [Name in keyof RolloutTarget]: NonNullable<RolloutTarget[Name]> };

/** Creates and reads rollouts, and changes their status. */
@Injectable()
export class RolloutsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly rollouts: RolloutsRepository,
    private readonly transitions: RolloutTransitions,
    private readonly watch: RegistryWatch,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates a draft, which splits nothing before it starts.
   * @throws ValidationError `VALIDATION_FAILED` | PromptNotFoundError | VersionNotFoundError | ForbiddenError
   * @throws RolloutControlMovedError `ROLLOUT_CONTROL_MOVED` if the pointer does not select the control.
   */
  async create(caller: Caller, request: CreateRolloutDto): Promise<RolloutDto> {
    const { projectId } = caller;
    const { name, prompt_name: promptName, environment } = request;
    if (WITHOUT_ROLLOUTS.has(environment)) throw reservedError(environment);
    return this.scope.transaction(projectId, async (tx) => {
      const wanted = {
        promptName,
        environment,
        controlVersion: request.control?.version_number ?? null,
        candidateVersion: request.candidate.version_number,
        scorers: listNamed(request, 'score:'),
        outcomes: listNamed(request, 'outcome:'),
      };
      const target = await this.rollouts.findTarget(tx, projectId, wanted);
      if (target === null) throw new PromptNotFoundError(promptName);
      assertMayOver(caller, target.ownerTeam, 'rollouts:write');
      const definition = { ...readDefinition(request, target.yesNo), scorerIds: target.scorerIds };
      assertFound(target, request);
      const rolloutId = await this.rollouts.insert(tx, {
        projectId,
        name,
        promptId: target.promptId,
        environment,
        controlVersionId: target.controlVersionId,
        controlChecksum: target.controlChecksum,
        candidateVersionId: target.candidateVersionId,
        candidateChecksum: target.candidateChecksum,
        definition,
        createdBy: caller.name,
      });
      const view = rolloutView(await this.find(tx, projectId, rolloutId));
      const { steps, primary, guardrails, control, candidate } = view;
      await this.audit.append(tx, caller, {
        action: 'rollout.create',
        subject: `rollout/${rolloutId}`,
        after: { name, prompt_name: promptName, environment, control, candidate, steps, primary, guardrails },
      });
      return view;
    });
  }

  /** Lists the newest first. @throws ValidationError `VALIDATION_FAILED` for an invalid cursor. */
  async list(projectId: string, query: ListRolloutsQueryDto): Promise<RolloutListDto> {
    const { status, prompt_name: promptName, environment, limit, cursor } = query;
    const beforeId = cursor === undefined ? undefined : decodeCursor(cursor, parseId);
    const filter = { status, promptName, environment, beforeId, limit: limit + 1 };
    const found = await this.scope.transaction(projectId, (tx) => this.rollouts.list(tx, projectId, filter));
    const { entries, nextCursor } = toPage(found, limit, ({ rolloutId }) => rolloutId);
    return { rollouts: entries.map(rolloutView), next_cursor: nextCursor };
  }

  /**
   * @param reason null for none.
   * @throws ForbiddenError `FORBIDDEN`, and what `RolloutTransitions.act` throws.
   */
  async act(
    caller: Caller,
    rolloutId: string,
    action: RolloutAction,
    reason: string | null,
  ): Promise<RolloutDto> {
    const { projectId } = caller;
    const { view, promptName, revision } = await this.scope.transaction(projectId, async (tx) => {
      assertMayOver(caller, (await this.find(tx, projectId, rolloutId)).ownerTeam, 'rollouts:write');
      const done = await this.transitions.act(tx, caller, rolloutId, action, { reason });
      return { ...done, view: rolloutView(await this.find(tx, projectId, rolloutId)) };
    });
    if (revision !== null) this.watch.apply(projectId, promptName, revision);
    return view;
  }

  private async find(tx: EntityManager, projectId: string, rolloutId: string): Promise<RolloutRecord> {
    const found = await this.rollouts.find(tx, projectId, rolloutId);
    if (found === null) throw new RolloutNotFoundError(rolloutId);
    return found;
  }
}

function reservedError(environment: string): ValidationError {
  return new ValidationError(`Nothing is rolled out in the environment "${environment}"; name another one.`, [
    { pointer: '/environment', message: 'is reserved for runs of the service' },
  ]);
}

function assertFound(
  target: RolloutTarget,
  { prompt_name: name, environment, control, candidate }: CreateRolloutDto,
): asserts target is FoundTarget {
  const { controlVersionId, controlVersion, pointerVersion, candidateVersionId } = target;
  const describeVersion = (number: number) => `version ${number} of prompt "${name}"`;
  if (control != null && controlVersionId === null)
    throw new VersionNotFoundError(describeVersion(control.version_number));
  if (candidateVersionId === null) throw new VersionNotFoundError(describeVersion(candidate.version_number));
  if (controlVersion === candidate.version_number) {
    throw new ValidationError('Control and candidate are one version; name another candidate.', [
      { pointer: '/candidate/version_number', message: 'is that of the control' },
    ]);
  }
  if (pointerVersion === null || pointerVersion !== controlVersion)
    throw new RolloutControlMovedError(name, environment, pointerVersion);
}

function parseId(position: unknown): string | null {
  return typeof position === 'string' && UUID.test(position) ? position : null;
}
