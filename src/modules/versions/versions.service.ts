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

/** A content with its checksum, computed before a transaction locks: hashing 1 MB of schemas takes a quarter of a second. */
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

/** The stored form of a content, the same for prompts and snippets. */
export type VersionContent = StoredContent &
  Pick<PromptVersionEntity, 'checksumHash' | 'renderer' | 'variables'>;

/** Manages immutable contents, numbered within their prompt and found by their checksum. */
@Injectable()
export class VersionsService {
  private readonly cache = new CompiledPromptCache();
  private readonly schemas = new SchemaCache();

  constructor(private readonly versions: VersionsRepository) {}

  /**
   * @throws TemplateInvalidError `TEMPLATE_INVALID` for content that new versions may not have.
   * @throws ValidationError `VALIDATION_FAILED` for a refused schema of the variables.
   */
  check(content: PromptContent, checksumHash = computeChecksum(content)): CompiledPrompt {
    this.checkSchema(content, checksumHash);
    return this.cache.compile(chooseRenderer(content), content, checksumHash);
  }

  /** Returns a content in the stored form of a version. @throws what {@link check} throws. */
  describe(content: PromptContent, checksumHash = computeChecksum(content)): VersionContent {
    this.checkSchema(content, checksumHash);
    const renderer = chooseRenderer(content);
    const { variables } = this.cache.compile(renderer, content, checksumHash);
    return { ...toStoredContent(content), checksumHash, renderer, variables: [...variables] };
  }

  /** Returns the version's templates for running them. Variables that do not match its schema are not rendered. */
  runnable(version: CompilableVersion): CompiledPrompt {
    const compiled = this.compiled(version);
    const schema = version.extras?.variablesSchema;
    if (schema === undefined) return compiled;
    return new CheckedPrompt(compiled, this.schemas.get(version.checksumHash, schema));
  }

  /** Returns the version's templates, ready to render by the rules that it was created under. */
  compiled(version: CompilableVersion): CompiledPrompt {
    const { extras, renderer, checksumHash } = version;
    const templates = toTemplates(version);
    // Extras are not rendered, except for snippets that a template uses.
    const content = extras?.snippets === undefined ? templates : { ...templates, extras };
    return this.cache.compile(renderer, content, checksumHash);
  }

  /**
   * Returns the version of this content: an existing one of the prompt, or a new one with the next number. The caller holds the lock on the
   * prompt's row, so numbers have no gaps and equal contents become one version.
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

  /** Stores the settings that a version was tried with. @param settings JSON text; null removes it. */
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
