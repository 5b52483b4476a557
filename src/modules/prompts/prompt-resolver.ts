import { Injectable } from '@nestjs/common';
import type { CompiledPrompt } from '../../templating/index.js';
import { VersionsService } from '../versions/index.js';
import { NoActiveVersionError, PromptNotFoundError, VersionNotFoundError } from './errors.js';
import { PromptVersionsRepository, type ResolvedVersion } from './prompt-versions.repository.js';

export interface RunnablePrompt {
  readonly version: ResolvedVersion;
  readonly compiled: CompiledPrompt;
  readonly promptRevision: string | null;
}

/** From a name (and a number, or none) to a version that can be rendered: what runs and renders begin with. */
@Injectable()
export class PromptResolver {
  constructor(
    private readonly promptVersions: PromptVersionsRepository,
    private readonly versions: VersionsService,
  ) {}

  /**
   * @param versionNumber null for the active version.
   * @throws PromptNotFoundError `PROMPT_NOT_FOUND`
   * @throws VersionNotFoundError `VERSION_NOT_FOUND`
   * @throws NoActiveVersionError `NO_ACTIVE_VERSION`
   */
  async resolve(
    projectId: string,
    name: string,
    versionNumber: number | null,
    _options: { fresh?: boolean } = {},
  ): Promise<RunnablePrompt> {
    const found = await this.promptVersions.resolve(projectId, name, versionNumber);
    if (found === null) throw new PromptNotFoundError(name);
    const { version } = found;
    if (version !== null) return { version, compiled: this.versions.compiled(version), promptRevision: null };
    if (versionNumber === null) throw new NoActiveVersionError(name);
    throw new VersionNotFoundError(`version ${versionNumber} of prompt "${name}"`);
  }
}
