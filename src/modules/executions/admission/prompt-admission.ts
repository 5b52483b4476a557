import { Injectable } from '@nestjs/common';
import { type Arm, UnitKeyHasher } from '../../../bucketing/index.js';
import type { StoredArm } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import { ValidationError } from '../../../kernel/index.js';
import {
  assignUnit,
  BareCalls,
  type PinnedVersion,
  PromptNotFoundError,
  PromptResolver,
  type RunningRollout,
  type UnsavedContentDto,
  UnsavedContents,
  VersionNotFoundError,
} from '../../prompts/index.js';
import { admittedPrompt, chooseEnvironment } from './admitted-prompt.js';
import type { AdmittedPrompt, RequestToAdmit } from './execution-request.js';
import { storedArm } from './stored-arm.js';

export interface PromptOptions {
  /** Whether all caches are bypassed. */
  readonly fresh: boolean;
  /** The arm to admit the request for; left out: the one that the request is assigned to. */
  readonly arm?: Arm;
}

/** Resolves what a request runs: the version that it names, with the arm of the rollout that chose it, or its own content. */
@Injectable()
export class PromptAdmission {
  private readonly unitKeys: UnitKeyHasher | null;

  constructor(
    config: AppConfig,
    private readonly resolver: PromptResolver,
    private readonly bareCalls: BareCalls,
    private readonly contents: UnsavedContents,
  ) {
    const { keyHashSecret } = config.backends;
    this.unitKeys = keyHashSecret === null ? null : new UnitKeyHasher(keyHashSecret);
  }

  /**
   * @returns null for a bare call that may be made.
   * @throws what `PromptResolver.resolveIn` throws. @throws TemplateHashMismatchError `TEMPLATE_HASH_MISMATCH`
   * @throws EnvironmentProtectedError `ENVIRONMENT_PROTECTED`
   */
  async resolve(
    projectId: string,
    request: RequestToAdmit,
    options: PromptOptions,
  ): Promise<AdmittedPrompt | null> {
    if (isBare(request)) {
      await this.bareCalls.assertAllowed(projectId, chooseEnvironment(request));
      return null;
    }
    const { pinned = null } = request;
    if (pinned === null) return this.resolveNamed(projectId, request, options);
    try {
      const named = await this.resolveNamed(projectId, request, options);
      if (isPinned(named, pinned)) return named;
    } catch (error) {
      // The name may be free or belong to a new prompt, but the pinned version may still exist.
      if (!(error instanceof PromptNotFoundError || error instanceof VersionNotFoundError)) throw error;
    }
    return this.resolvePinned(projectId, request, pinned);
  }

  private async resolveNamed(
    projectId: string,
    request: RequestToAdmit,
    { fresh, arm }: PromptOptions,
  ): Promise<AdmittedPrompt> {
    const { prompt_name: name = '', version_number: number = null, template_hash: hash = null } = request;
    const { unit_key: unitKey = null } = request;
    const found = await this.resolver.resolveIn(projectId, name, chooseEnvironment(request), hash ?? number, {
      fresh,
      unitKey,
      ...(arm === undefined ? {} : { arm }),
    });
    return admittedPrompt(request, found, fresh, projectId, this.unitKeys);
  }

  /**
   * Resolves from memory. Undefined means that {@link resolve} has to decide.
   * @throws what {@link resolve} throws, though perhaps another of several.
   */
  peek(projectId: string, request: RequestToAdmit): AdmittedPrompt | null | undefined {
    if (isBare(request)) {
      return this.bareCalls.isKnownToBeAllowed(projectId, chooseEnvironment(request)) ? null : undefined;
    }
    const { prompt_name: name = '', version_number: number = null, template_hash: hash = null } = request;
    const { unit_key: unitKey = null } = request;
    const found = this.resolver.peekIn(projectId, name, chooseEnvironment(request), hash ?? number, unitKey);
    if (found === null) return undefined;
    const admitted = admittedPrompt(request, found, false, projectId, this.unitKeys);
    return isPinned(admitted, request.pinned ?? null) ? admitted : undefined;
  }

  /** Resolves a name that no longer leads to the pinned version. A version cannot change, so the insert has no revision to compare. */
  private async resolvePinned(
    projectId: string,
    request: RequestToAdmit,
    pinned: PinnedVersion,
  ): Promise<AdmittedPrompt> {
    const { prompt_name: name = '' } = request;
    const found = await this.resolver.resolvePinned(projectId, name, chooseEnvironment(request), pinned);
    return admittedPrompt(request, found, true, projectId, this.unitKeys);
  }

  /**
   * Turns a request that brings its own content into a call that runs no prompt.
   * @throws ValidationError `VALIDATION_FAILED` for a prompt beside it, and for what `UnsavedContents` refuses.
   * @throws TemplateInvalidError `TEMPLATE_INVALID`
   */
  async toBareCall(projectId: string, { content, ...request }: RequestToAdmit): Promise<RequestToAdmit> {
    const misplaced = (['prompt_name', 'version_number'] as const).filter(
      (member) => (request[member] ?? null) !== null,
    );
    if (misplaced.length > 0) {
      throw new ValidationError(
        'Send either content, or the prompt and the version to run.',
        misplaced.map((member) => ({ pointer: `/${member}`, message: 'cannot be used with content' })),
      );
    }
    const read = await this.contents.read(projectId, content as UnsavedContentDto);
    return { ...request, bare: { messages: [], extras: read.extras, content: read } };
  }

  /** Returns the arm of a batch's entry. @param unitKey null for an entry that is a unit of its own. */
  assign(projectId: string, rollout: RunningRollout, unitKey: string | null): StoredArm {
    return storedArm(assignUnit(rollout, unitKey), projectId, unitKey, this.unitKeys);
  }
}

function isBare(request: RequestToAdmit): boolean {
  return (request.bare ?? null) !== null;
}

function isPinned({ version }: AdmittedPrompt, pinned: PinnedVersion | null): boolean {
  if (pinned === null) return true;
  if (version.checksumHash !== pinned.checksumHash) return false;
  return pinned.versionId === null || version.versionId === pinned.versionId;
}
