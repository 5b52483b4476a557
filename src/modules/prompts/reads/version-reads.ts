import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PromptEntity } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { PromptNotFoundError, VersionNotFoundError } from '../errors.js';
import { PromptVersionsRepository } from '../prompt-versions.repository.js';
import type { VersionDto, VersionSummaryDto } from '../prompts.dto.js';
import { PromptsRepository } from '../prompts.repository.js';
import { versionDetail, versionSummary } from './prompt-views.js';

/** Reads the versions of prompts for display. */
@Injectable()
export class VersionReads {
  constructor(
    private readonly scope: TenantScope,
    private readonly prompts: PromptsRepository,
    private readonly versions: PromptVersionsRepository,
  ) {}

  /** Lists the newest first. @throws PromptNotFoundError `PROMPT_NOT_FOUND` */
  async list(projectId: string, name: string): Promise<VersionSummaryDto[]> {
    return this.scope.transaction(projectId, async (tx) => {
      const prompt = await this.getPrompt(tx, projectId, name);
      return (await this.versions.list(tx, prompt)).map(versionSummary);
    });
  }

  /** @throws PromptNotFoundError | VersionNotFoundError */
  async get(projectId: string, name: string, versionNumber: number): Promise<VersionDto> {
    return this.scope.transaction(projectId, async (tx) => {
      const prompt = await this.getPrompt(tx, projectId, name);
      return versionDetail(await this.versions.getByNumber(tx, prompt, versionNumber), prompt);
    });
  }

  /** Finds versions of deleted prompts too. @throws VersionNotFoundError `VERSION_NOT_FOUND` */
  async getById(projectId: string, versionId: string): Promise<VersionDto> {
    return this.scope.transaction(projectId, async (tx) => {
      const found = await this.versions.findById(tx, projectId, versionId);
      if (found === null) throw new VersionNotFoundError(`version "${versionId}"`);
      return versionDetail(found, await this.prompts.getById(tx, projectId, found.version.promptId));
    });
  }

  private async getPrompt(tx: EntityManager, projectId: string, name: string): Promise<PromptEntity> {
    const prompt = await this.prompts.find(tx, projectId, name);
    if (prompt === null) throw new PromptNotFoundError(name);
    return prompt;
  }
}
