import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Arm } from '../../../bucketing/index.js';
import type { StoredArm } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import {
  assignUnit,
  type PinnedVersion,
  PromptNotFoundError,
  PromptResolver,
  type RunningRollout,
  VersionNotFoundError,
} from '../../prompts/index.js';
import { admittedPrompt, chooseEnvironment } from './admitted-prompt.js';
import type { AdmittedPrompt, RequestToAdmit } from './execution-request.js';
import { storedArm } from './stored-arm.js';

export interface PromptOptions {
  /** Past all caches. */
  readonly fresh: boolean;
  /** The arm of a rollout, where it is not the request that is assigned to one. */
  readonly arm?: Arm;
}

/** From what a request names to the version that runs, and the arm of the rollout that chose it. */
@Injectable()
export class PromptAdmission {
  /** The secret for hashing unit keys. */
  private readonly unitSecret: KeyObject | null;

  constructor(
    config: AppConfig,
    private readonly resolver: PromptResolver,
  ) {
    const { keyHashSecret } = config.backends;
    this.unitSecret = keyHashSecret === null ? null : createSecretKey(keyHashSecret, 'utf8');
  }

  /** @throws what `PromptResolver.resolveIn` throws. @throws TemplateHashMismatchError `TEMPLATE_HASH_MISMATCH` */
  async resolve(projectId: string, request: RequestToAdmit, options: PromptOptions): Promise<AdmittedPrompt> {
    const { pinned = null } = request;
    if (pinned === null) return this.resolveNamed(projectId, request, options);
    try {
      const named = await this.resolveNamed(projectId, request, options);
      if (isPinned(named, pinned)) return named;
    } catch (error) {
      // The name is free, or a new prompt has it: the pinned version may still be there.
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
    return admittedPrompt(request, found, fresh, projectId, this.unitSecret);
  }

  /** From memory; null says nothing about the prompt. @throws what {@link resolve} throws, though perhaps another of several. */
  peek(projectId: string, request: RequestToAdmit): AdmittedPrompt | null {
    const { prompt_name: name = '', version_number: number = null, template_hash: hash = null } = request;
    const { unit_key: unitKey = null } = request;
    const found = this.resolver.peekIn(projectId, name, chooseEnvironment(request), hash ?? number, unitKey);
    if (found === null) return null;
    const admitted = admittedPrompt(request, found, false, projectId, this.unitSecret);
    return isPinned(admitted, request.pinned ?? null) ? admitted : null;
  }

  /** For a name that no longer leads to the pinned version. A version cannot change, so the insert has no revision to compare. */
  private async resolvePinned(
    projectId: string,
    request: RequestToAdmit,
    pinned: PinnedVersion,
  ): Promise<AdmittedPrompt> {
    const { prompt_name: name = '' } = request;
    const found = await this.resolver.resolvePinned(projectId, name, chooseEnvironment(request), pinned);
    return admittedPrompt(request, found, true, projectId, this.unitSecret);
  }

  /** Returns the arm of an entry of a batch. @param unitKey null: it is a unit of its own. */
  assign(projectId: string, rollout: RunningRollout, unitKey: string | null): StoredArm {
    return storedArm(assignUnit(rollout, unitKey), projectId, unitKey, this.unitSecret);
  }
}

function isPinned({ version }: AdmittedPrompt, pinned: PinnedVersion | null): boolean {
  if (pinned === null) return true;
  if (version.checksumHash !== pinned.checksumHash) return false;
  return pinned.versionId === null || version.versionId === pinned.versionId;
}
