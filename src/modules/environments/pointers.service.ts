import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PromptEntity, PromptVersionEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { decodeCursor, toPage } from '../../infra/http/index.js';
import { assertMayOver, type AuthorizedActor } from '../auth/index.js';
import {
  PointerMover,
  type PointerMoveOutcome,
  PromptNotFoundError,
  RegistryTransactions,
  VersionNotFoundError,
} from '../prompts/index.js';
import type {
  ListMovesQueryDto,
  MovedPointerDto,
  MovePointerDto,
  PointerMoveDto,
  PointerMovesDto,
  PromptEnvironmentDto,
  PromptEnvironmentsDto,
} from './pointers.dto.js';
import { type PastMove, PointersRepository, type StandingVersion } from './pointers.repository.js';

interface Move {
  readonly prompt: PromptEntity;
  readonly version: PromptVersionEntity;
  readonly outcome: PointerMoveOutcome;
}

/** Manages which versions of a prompt run in which environments. */
@Injectable()
export class PointersService {
  constructor(
    private readonly scope: TenantScope,
    private readonly pointers: PointersRepository,
    private readonly mover: PointerMover,
    private readonly registry: RegistryTransactions,
  ) {}

  /** @throws PromptNotFoundError `PROMPT_NOT_FOUND` */
  async list(projectId: string, name: string): Promise<PromptEnvironmentsDto> {
    return this.scope.transaction(projectId, async (tx) => {
      const prompt = await this.getPrompt(tx, projectId, name);
      return { environments: (await this.pointers.list(tx, prompt)).map(standingView) };
    });
  }

  /** Lists the newest first. @throws PromptNotFoundError `PROMPT_NOT_FOUND` */
  async listMoves(projectId: string, name: string, query: ListMovesQueryDto): Promise<PointerMovesDto> {
    const { environment = null, limit, cursor } = query;
    const beforeRevision = cursor === undefined ? null : decodeCursor(cursor, parseRevision);
    const found = await this.scope.transaction(projectId, async (tx) => {
      const prompt = await this.getPrompt(tx, projectId, name);
      return this.pointers.listMoves(tx, prompt, { environment, beforeRevision, limit: limit + 1 });
    });
    const { entries, nextCursor } = toPage(found, limit, ({ revision }) => revision);
    return { moves: entries.map(moveView), next_cursor: nextCursor };
  }

  /**
   * Points an environment at a version.
   * @throws PromptNotFoundError | VersionNotFoundError | ForbiddenError
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED`
   */
  async move(
    actor: AuthorizedActor,
    name: string,
    environment: string,
    { version_number: versionNumber, reason = null }: MovePointerDto,
  ): Promise<MovedPointerDto> {
    return this.change(actor, environment, async (tx) => {
      const prompt = await this.getMovable(tx, actor, name);
      const version = await this.pointers.findVersion(tx, prompt, { versionNumber });
      if (version === null) throw new VersionNotFoundError(`version ${versionNumber} of prompt "${name}"`);
      const { versionId } = version;
      const options = { reason };
      const outcome = await this.mover.moveEnvironmentPointer(
        tx,
        actor,
        prompt,
        environment,
        versionId,
        options,
      );
      return { prompt, version, outcome };
    });
  }

  /**
   * Reverts the latest move.
   * @throws PromptNotFoundError `PROMPT_NOT_FOUND` | ForbiddenError `FORBIDDEN`
   * @throws VersionNotFoundError `VERSION_NOT_FOUND` if no version ran there before.
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` for a version that was never approved for the environment.
   */
  async rollBack(
    actor: AuthorizedActor,
    name: string,
    environment: string,
    reason: string,
  ): Promise<MovedPointerDto> {
    return this.change(actor, environment, async (tx) => {
      const prompt = await this.getMovable(tx, actor, name);
      const first = await this.tryRollBack(tx, actor, prompt, environment, reason);
      // A concurrent request was faster. The prompt is locked from here on, so this happens only once.
      const isOvertaken = first.outcome.outcome === 'elsewhere';
      return isOvertaken ? this.tryRollBack(tx, actor, prompt, environment, reason) : first;
    });
  }

  private async tryRollBack(
    tx: EntityManager,
    actor: AuthorizedActor,
    prompt: PromptEntity,
    environment: string,
    reason: string,
  ): Promise<Move> {
    const latest = await this.pointers.findLatestMove(tx, prompt, environment);
    const versionId = latest?.fromVersionId ?? null;
    const version = versionId === null ? null : await this.pointers.findVersion(tx, prompt, { versionId });
    if (latest === null || version === null) {
      const which = `version of prompt "${prompt.name}" that ran in the environment "${environment}" before`;
      throw new VersionNotFoundError(which);
    }
    const options = { reason, ifAt: latest.toVersionId, allowsApproved: true };
    const outcome = await this.mover.moveEnvironmentPointer(
      tx,
      actor,
      prompt,
      environment,
      version.versionId,
      options,
    );
    return { prompt, version, outcome };
  }

  private async change(
    actor: AuthorizedActor,
    environment: string,
    work: (tx: EntityManager) => Promise<Move>,
  ): Promise<MovedPointerDto> {
    const { prompt, version, outcome } = await this.registry.run(actor.projectId, async (tx) => {
      const move = await work(tx);
      return { ...move, promptName: move.prompt.name, revision: move.outcome.revision };
    });
    return {
      prompt: { prompt_id: prompt.promptId, name: prompt.name, mode: prompt.mode },
      environment,
      version: {
        version_id: version.versionId,
        version_number: version.versionNumber,
        checksum_hash: version.checksumHash,
        status: 'active',
      },
      moved: outcome.outcome === 'moved',
    };
  }

  /** Returns a prompt whose pointers the caller may move, in the project or as a member of the responsible team. */
  private async getMovable(tx: EntityManager, actor: AuthorizedActor, name: string): Promise<PromptEntity> {
    const prompt = await this.getPrompt(tx, actor.projectId, name);
    assertMayOver(actor, prompt.ownerTeam, 'environments:move');
    return prompt;
  }

  private async getPrompt(tx: EntityManager, projectId: string, name: string): Promise<PromptEntity> {
    const prompt = await this.pointers.findPrompt(tx, projectId, name);
    if (prompt === null) throw new PromptNotFoundError(name);
    return prompt;
  }
}

function standingView(standing: StandingVersion): PromptEnvironmentDto {
  return {
    environment: standing.environment,
    version_number: standing.versionNumber,
    checksum_hash: standing.checksumHash,
    moved_at: standing.movedAt.toISOString(),
    moved_by: standing.movedBy,
    protected: standing.isProtected,
  };
}

function moveView(move: PastMove): PointerMoveDto {
  return {
    environment: move.environment,
    from_version: move.fromVersion,
    to_version: move.toVersion,
    moved_by: move.movedBy,
    moved_at: move.movedAt.toISOString(),
    reason: move.reason,
    change_id: move.changeId,
    emergency: move.emergency,
  };
}

function parseRevision(position: unknown): number | null {
  return typeof position === 'number' && Number.isSafeInteger(position) ? position : null;
}
