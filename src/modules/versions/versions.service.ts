import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PromptVersionEntity } from '../../entities/index.js';
import {
  checksumOf,
  type CompiledPrompt,
  CompiledPromptCache,
  type PromptContent,
  RENDERER,
} from '../../templating/index.js';
import { contentOf, storedContentOf } from './version-content.js';

export interface VersionFacts {
  readonly createdBy: string | null;
  readonly commitMessage: string | null;
}

/** What {@link VersionsService.compiled} needs of a version. */
export type CompilableVersion = Pick<
  PromptVersionEntity,
  'templateSource' | 'messages' | 'checksumHash' | 'renderer'
>;

/** Immutable contents: numbered within their prompt, found by their checksum. */
@Injectable()
export class VersionsService {
  private readonly cache = new CompiledPromptCache();

  /** @throws TemplateInvalidError `TEMPLATE_INVALID` for what new versions may not contain. */
  check(content: PromptContent): CompiledPrompt {
    return this.cache.compile(RENDERER, content);
  }

  /** The version's content, ready to render by the rules it was made under. */
  compiled(version: CompilableVersion): CompiledPrompt {
    return this.cache.compile(version.renderer, contentOf(version), version.checksumHash);
  }

  /**
   * The version of this content: the one the prompt has had before, or a new one with the next number. The caller
   * holds the lock on the prompt's row, so numbers have no gaps and equal contents become one version.
   * @throws TemplateInvalidError `TEMPLATE_INVALID`
   */
  async add(
    tx: EntityManager,
    prompt: { readonly projectId: string; readonly promptId: string },
    content: PromptContent,
    facts: VersionFacts,
  ): Promise<{ version: PromptVersionEntity; isNew: boolean }> {
    const { projectId, promptId } = prompt;
    const checksumHash = checksumOf(content);
    const existing = await tx.findOneBy(PromptVersionEntity, { projectId, promptId, checksumHash });
    if (existing !== null) return { version: existing, isNew: false };
    const highest = await tx.maximum(PromptVersionEntity, 'versionNumber', { projectId, promptId });
    const versionNumber = (highest ?? 0) + 1;
    await tx.insert(PromptVersionEntity, {
      projectId,
      promptId,
      versionNumber,
      ...storedContentOf(content),
      checksumHash,
      renderer: RENDERER,
      variables: [...this.check(content).variables],
      createdBy: facts.createdBy,
      commitMessage: facts.commitMessage,
    });
    const version = await tx.findOneByOrFail(PromptVersionEntity, { projectId, promptId, versionNumber });
    return { version, isNew: true };
  }
}
