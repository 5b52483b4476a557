import { Injectable } from '@nestjs/common';
import { writeJson } from '../../../kernel/index.js';
import { PromptNotFoundError } from '../errors.js';
import { PromptReadsRepository } from './prompt-reads.repository.js';
import { promptDetail } from './prompt-views.js';
import { RegistryWatch } from '../registry/registry-watch.js';
import type { Found, RevisionedCache } from '../registry/revisioned-cache.js';

/** The cache facet of these answers, one for each environment. */
const FACET = 'read';

/** Caches the answers of `GET /v1/prompts/{name}` as bytes, because a prompt is read far more often than it changes. */
@Injectable()
export class PromptReads {
  private readonly cache: RevisionedCache<Buffer>;

  constructor(
    watch: RegistryWatch,
    private readonly prompts: PromptReadsRepository,
  ) {
    this.cache = watch.newCache((json) => json.length);
  }

  /**
   * A prompt with its active version, or the one that an environment runs.
   * @param fresh always reads the database; otherwise the answer may lag by as long as a notification takes.
   * @returns the JSON of a `PromptDto` in UTF-8, without a promise if cached. The buffer is shared, so do not write to it.
   * @throws PromptNotFoundError `PROMPT_NOT_FOUND`, as a rejection.
   */
  find(
    projectId: string,
    name: string,
    options: { readonly fresh?: boolean; readonly environment?: string | undefined } = {},
  ): Buffer | Promise<Buffer> {
    const { environment = null } = options;
    const facet = environment === null ? FACET : `${FACET} ${environment}`;
    const load = () => this.load(projectId, name, environment);
    const found = this.cache.find(projectId, name, facet, load, options);
    return found instanceof Promise ? this.get(name, found) : found.value;
  }

  private async get(name: string, finding: Promise<Found<Buffer>>): Promise<Buffer> {
    const json = (await finding)?.value ?? null;
    if (json === null) throw new PromptNotFoundError(name);
    return json;
  }

  private async load(projectId: string, name: string, environment: string | null): Promise<Found<Buffer>> {
    const read = await this.prompts.find(projectId, name, environment);
    if (read === null) return null;
    return { value: Buffer.from(writeJson(promptDetail(read))), promptRevision: read.promptRevision };
  }
}
