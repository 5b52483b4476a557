import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PromptVersionEntity } from '../../entities/index.js';
import {
  checksumOf,
  type CompiledPrompt,
  CompiledPromptCache,
  type PromptContent,
  RENDERER,
} from '../../templating/index.js';
import { type StoredContent, storedContentOf, templatesOf } from './version-content.js';
import { type PromptKey, VersionsRepository } from './versions.repository.js';

/** Hashing a megabyte of schemas takes a quarter of a second: done once, before a transaction holds locks. */
export interface HashedContent {
  readonly content: PromptContent;
  readonly checksumHash: string;
}

export interface VersionFacts {
  readonly createdBy: string | null;
  readonly commitMessage: string | null;
}

/** What {@link VersionsService.compiled} needs of a version. */
export type CompilableVersion = Pick<
  PromptVersionEntity,
  'templateSource' | 'messages' | 'checksumHash' | 'renderer'
>;

/** What is stored of a content, whoever stores it. */
export type VersionContent = StoredContent &
  Pick<PromptVersionEntity, 'checksumHash' | 'renderer' | 'variables'>;

/** Immutable contents: numbered within their prompt, found by their checksum. */
@Injectable()
export class VersionsService {
  private readonly cache = new CompiledPromptCache();

  constructor(private readonly versions: VersionsRepository) {}

  /** @throws TemplateInvalidError `TEMPLATE_INVALID` for what new versions may not contain. */
  check(content: PromptContent, checksumHash = checksumOf(content)): CompiledPrompt {
    return this.cache.compile(RENDERER, content, checksumHash);
  }

  /** A content as a version of its own. @throws TemplateInvalidError `TEMPLATE_INVALID` */
  describe(content: PromptContent, checksumHash = checksumOf(content)): VersionContent {
    const { variables } = this.cache.compile(RENDERER, content, checksumHash);
    return { ...storedContentOf(content), checksumHash, renderer: RENDERER, variables: [...variables] };
  }

  /** The version's templates, ready to render by the rules it was made under. */
  compiled(version: CompilableVersion): CompiledPrompt {
    return this.cache.compile(version.renderer, templatesOf(version), version.checksumHash);
  }

  /**
   * The version of this content: the one the prompt has had before, or a new one with the next number. The caller
   * holds the lock on the prompt's row, so numbers have no gaps and equal contents become one version.
   * @throws TemplateInvalidError `TEMPLATE_INVALID`
   */
  async add(
    tx: EntityManager,
    prompt: PromptKey,
    { content, checksumHash }: HashedContent,
    facts: VersionFacts,
  ): Promise<{ version: PromptVersionEntity; isNew: boolean }> {
    const existing = await this.versions.findByChecksum(tx, prompt, checksumHash);
    if (existing !== null) return { version: existing, isNew: false };
    const { projectId, promptId } = prompt;
    const version = await this.versions.insert(tx, {
      projectId,
      promptId,
      versionNumber: (await this.versions.highestNumber(tx, prompt)) + 1,
      ...this.describe(content, checksumHash),
      createdBy: facts.createdBy,
      commitMessage: facts.commitMessage,
    });
    return { version, isNew: true };
  }
}
