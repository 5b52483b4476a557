import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PromptEntity, PromptVersionEntity } from '../../entities/index.js';
import { type ContentExtras, extrasOfWire, type PromptContent } from '../../templating/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import { assertMayOver, type AuthorizedActor } from '../auth/index.js';
import { NewContents } from './contents/new-contents.js';
import {
  EnvironmentProtectedError,
  PromptKindMismatchError,
  PromptModeMismatchError,
  PromptNotFoundError,
} from './errors.js';
import { EnvironmentRulesRepository } from './pointers/environment-rules.repository.js';
import { DEFAULT_POINTER } from './default-pointer.js';
import { findContentWarnings } from './find-content-warnings.js';
import { changedMetadata, metadataView } from './prompt-metadata.js';
import { PromptVersionsRepository } from './prompt-versions.repository.js';
import * as view from './reads/prompt-views.js';
import type { PutPromptDto, PutPromptResultDto, VersionStatus } from './prompts.dto.js';
import { type PointerMove, PromptsRepository } from './prompts.repository.js';
import { RegistryTransactions } from './registry/registry-transactions.js';

/** `revision` is null when nothing changed. */
interface Change<Answer> {
  readonly answer: Answer;
  readonly revision: number | null;
}

/** Further work in the transaction that puts a prompt. If it throws, everything is rolled back. */
export interface PutHooks {
  /** Runs once the prompt is locked, before its content is stored. */
  readonly before: (tx: EntityManager, prompt: PromptEntity) => Promise<void>;
  /** Runs once the version exists. */
  readonly after: (tx: EntityManager, version: PromptVersionEntity) => Promise<void>;
}

/** Creates, updates and deletes prompts, and sets the active version. */
@Injectable()
export class PromptsService {
  constructor(
    private readonly registry: RegistryTransactions,
    private readonly prompts: PromptsRepository,
    private readonly versions: PromptVersionsRepository,
    private readonly contents: NewContents,
    private readonly rules: EnvironmentRulesRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates or updates a full prompt. Content that it has had before selects that version again.
   * @throws ValidationError `VALIDATION_FAILED` unless there is one content, of the prompt's own kind, and for tools or a response format
   *   or a schema that are not valid.
   * @throws TemplateInvalidError `TEMPLATE_INVALID`, also for a snippet that does not exist.
   * @throws PromptModeMismatchError `PROMPT_MODE_MISMATCH` for a tracking prompt.
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` when the request activates another version and `default` is protected. Then
   *   the content is not stored either.
   */
  async put(
    actor: AuthorizedActor,
    name: string,
    request: PutPromptDto,
    hooks?: PutHooks,
  ): Promise<PutPromptResultDto> {
    const sent = await this.contents.read(actor.projectId, request);
    const { content } = sent;
    return this.change(actor, name, async (tx) => {
      await this.contents.hold(tx, actor.projectId, sent);
      if (!actor.scopes.has('prompts:write'))
        await this.assertTeamMayPut(tx, actor, name, request.owner_team);
      const wanted = { projectId: actor.projectId, name, mode: 'full', kind: content.kind } as const;
      const isActivated = request.set_active === true;
      const isProtected = isActivated && (await this.isActiveProtected(tx, actor.projectId));
      const prompt = await this.prompts.findOrCreateLocked(tx, wanted);
      assertFull(prompt);
      assertSameKind(prompt, content);
      await hooks?.before(tx, prompt);
      const metadata = changedMetadata(prompt, request);
      if (metadata !== null) await this.prompts.update(tx, prompt, metadata);
      const facts = { createdBy: request.created_by ?? null, commitMessage: request.commit_message ?? null };
      const { version, isNew } = await this.contents.store(tx, prompt, sent, facts);
      await hooks?.after(tx, version);
      const activeId = (await this.prompts.findPointer(tx, prompt))?.versionId ?? null;
      await this.audit.append(tx, actor, {
        action: 'prompt.put',
        subject: `prompt/${name}`,
        subjectId: prompt.promptId,
        before: { active_version_id: activeId, ...metadataView(prompt, metadata) },
        after: {
          version_number: version.versionNumber,
          version_change: isNew,
          set_active: request.set_active,
          active_version_id: isActivated ? version.versionId : activeId,
          ...(sent.settings === undefined ? {} : { settings_sent: true }),
          ...metadataView(metadata ?? {}, metadata),
        },
      });
      const known = isActivated ? null : await this.versions.getByNumber(tx, prompt, version.versionNumber);
      const status = known?.status ?? 'active';
      const move = isActivated ? moveTo(version, activeId, actor, 'put') : null;
      if (isProtected && move !== null) throw EnvironmentProtectedError.ofMove(name, DEFAULT_POINTER);
      const isChanged = isNew || metadata !== null || move !== null;
      return {
        answer: putResult(prompt, version, status, isNew, content.extras),
        revision: isChanged ? await this.prompts.takeRevision(tx, prompt, move) : null,
      };
    });
  }

  /**
   * Points a full prompt at one of its versions.
   * @throws PromptNotFoundError | VersionNotFoundError | PromptModeMismatchError
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` when another one is active and `default` is protected.
   */
  async activate(actor: AuthorizedActor, name: string, versionNumber: number): Promise<PutPromptResultDto> {
    return this.change(actor, name, async (tx) => {
      const isProtected = await this.isActiveProtected(tx, actor.projectId);
      const prompt = await this.prompts.findLocked(tx, actor.projectId, name);
      if (prompt === null) throw new PromptNotFoundError(name);
      assertMayOver(actor, prompt.ownerTeam, 'prompts:write');
      assertFull(prompt);
      const { version } = await this.versions.getByNumber(tx, prompt, versionNumber);
      const activeId = (await this.prompts.findPointer(tx, prompt))?.versionId ?? null;
      await this.audit.append(tx, actor, {
        action: 'prompt.activate',
        subject: `prompt/${name}`,
        subjectId: prompt.promptId,
        before: { active_version_id: activeId },
        after: { active_version_id: version.versionId, version_number: versionNumber },
      });
      const move = moveTo(version, activeId, actor, 'activate');
      if (isProtected && move !== null) throw EnvironmentProtectedError.ofMove(name, DEFAULT_POINTER);
      return {
        answer: putResult(prompt, version, 'active', false, extrasOfWire(version.content)),
        revision: move === null ? null : await this.prompts.takeRevision(tx, prompt, move),
      };
    });
  }

  /**
   * Frees the name; versions and executions stay readable by id.
   * @throws PromptNotFoundError `PROMPT_NOT_FOUND`
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED` when it runs in a protected environment and the caller may not lift the
   *   protection.
   */
  async delete(actor: AuthorizedActor, name: string): Promise<void> {
    await this.change(actor, name, async (tx) => {
      const prompt = await this.prompts.findLocked(tx, actor.projectId, name);
      if (prompt === null) throw new PromptNotFoundError(name);
      assertMayOver(actor, prompt.ownerTeam, 'prompts:write');
      if (!actor.scopes.has('environments:write')) {
        const [environment] = await this.rules.listProtected(tx, prompt);
        if (environment !== undefined) throw EnvironmentProtectedError.ofDeletion(name, environment);
      }
      await this.prompts.markDeleted(tx, prompt);
      const { promptId, mode, description, ownerTeam: owner_team, tags } = prompt;
      const activeId = (await this.prompts.findPointer(tx, prompt))?.versionId ?? null;
      await this.audit.append(tx, actor, {
        action: 'prompt.delete',
        subject: `prompt/${name}`,
        subjectId: promptId,
        before: { prompt_id: promptId, mode, description, owner_team, tags, active_version_id: activeId },
      });
      return { answer: undefined, revision: await this.prompts.takeRevision(tx, prompt, null) };
    });
  }

  private async change<Answer>(
    { projectId }: Actor,
    promptName: string,
    work: (tx: EntityManager) => Promise<Change<Answer>>,
  ): Promise<Answer> {
    const { answer } = await this.registry.run(projectId, async (tx) => ({
      promptName,
      ...(await work(tx)),
    }));
    return answer;
  }

  /**
   * Checks that a caller who may write only as a team member changes a prompt that belongs to the team before and after.
   * @param ownerTeam the owner in the request; undefined leaves it unchanged.
   * @throws ForbiddenError `FORBIDDEN`
   */
  private async assertTeamMayPut(
    tx: EntityManager,
    actor: AuthorizedActor,
    name: string,
    ownerTeam: string | null | undefined,
  ): Promise<void> {
    const prompt = await this.prompts.findLocked(tx, actor.projectId, name);
    if (prompt !== null) assertMayOver(actor, prompt.ownerTeam, 'prompts:write');
    const after = ownerTeam === undefined ? (prompt?.ownerTeam ?? null) : ownerTeam;
    assertMayOver(actor, after, 'prompts:write');
  }

  /** Returns whether only changes may move the active version. Call it before any lock on a prompt. */
  private async isActiveProtected(tx: EntityManager, projectId: string): Promise<boolean> {
    return (await this.rules.hold(tx, projectId, DEFAULT_POINTER))?.isProtected === true;
  }
}

/** Returns null when the version is already the active one. */
function moveTo(
  { versionId: to }: PromptVersionEntity,
  from: string | null,
  actor: Actor,
  reason: string,
): PointerMove | null {
  return from === to ? null : { from, to, by: actor.name, reason };
}

function putResult(
  prompt: PromptEntity,
  version: PromptVersionEntity,
  status: VersionStatus,
  isNew: boolean,
  extras: ContentExtras | null | undefined,
): PutPromptResultDto {
  const refs = { prompt: view.promptRef(prompt), version: view.versionRef(version, status) };
  return { ...refs, version_change: isNew, warnings: findContentWarnings(extras) };
}

function assertFull(prompt: PromptEntity): void {
  if (prompt.mode === 'tracking') throw new PromptModeMismatchError(prompt.name, 'tracking');
}

function assertSameKind(prompt: PromptEntity, content: PromptContent): void {
  if (prompt.kind !== content.kind) throw new PromptKindMismatchError(prompt.name, prompt.kind, content.kind);
}
