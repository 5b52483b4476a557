import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PromptVersionEntity } from '../../entities/index.js';
import { SchemaCache } from '../../json-schema/index.js';
import {
  computeChecksum,
  type CompiledPrompt,
  CompiledPromptCache,
  type ContentExtras,
  type PromptContent,
  chooseRenderer,
} from '../../templating/index.js';
import { CheckedPrompt } from './checked-prompt.js';
import { type StoredContent, toStoredContent, toTemplates } from './version-content.js';
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

/** The part of a version that {@link VersionsService.compiled} needs. */
export type CompilableVersion = Pick<
  PromptVersionEntity,
  'templateSource' | 'messages' | 'checksumHash' | 'renderer'
> & { readonly extras: ContentExtras | null };

/** The stored form of a content, whoever stores it. */
export type VersionContent = StoredContent &
  Pick<PromptVersionEntity, 'checksumHash' | 'renderer' | 'variables'>;

/** Immutable contents: numbered within their prompt, found by their checksum. */
@Injectable()
export class VersionsService {
  private readonly cache = new CompiledPromptCache();
  private readonly schemas = new SchemaCache();

  constructor(private readonly versions: VersionsRepository) {}

  /**
   * @throws TemplateInvalidError `TEMPLATE_INVALID` for what new versions may not contain.
   * @throws ValidationError `VALIDATION_FAILED` for a schema of the variables that is refused.
   */
  check(content: PromptContent, checksumHash = computeChecksum(content)): CompiledPrompt {
    this.checkSchema(content, checksumHash);
    return this.cache.compile(chooseRenderer(content), content, checksumHash);
  }

  /** A content as a version of its own. @throws what {@link check} throws. */
  describe(content: PromptContent, checksumHash = computeChecksum(content)): VersionContent {
    this.checkSchema(content, checksumHash);
    const renderer = chooseRenderer(content);
    const { variables } = this.cache.compile(renderer, content, checksumHash);
    return { ...toStoredContent(content), checksumHash, renderer, variables: [...variables] };
  }

  /** The same for somebody who runs the version: what does not fit its schema is not rendered. */
  runnable(version: CompilableVersion): CompiledPrompt {
    const compiled = this.compiled(version);
    const schema = version.extras?.variablesSchema;
    if (schema === undefined) return compiled;
    return new CheckedPrompt(compiled, this.schemas.get(version.checksumHash, schema));
  }

  /** The version's templates, ready to render by the rules it was made under. */
  compiled(version: CompilableVersion): CompiledPrompt {
    const { extras, renderer, checksumHash } = version;
    const templates = toTemplates(version);
    // Members beside the templates are not rendered, unless a template uses them.
    const content = extras?.snippets === undefined ? templates : { ...templates, extras };
    return this.cache.compile(renderer, content, checksumHash);
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

  /** Keeps what a version was tried with. @param settings JSON text; null removes it. */
  async keepSettings(
    tx: EntityManager,
    version: Pick<PromptVersionEntity, 'projectId' | 'versionId'>,
    settings: string | null,
  ): Promise<void> {
    await this.versions.updateSettings(tx, version, settings);
  }

  private checkSchema({ extras }: PromptContent, checksumHash: string): void {
    const schema = extras?.variablesSchema;
    if (schema !== undefined) this.schemas.get(checksumHash, schema, '/variables_schema');
  }
}
