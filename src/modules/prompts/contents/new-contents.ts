import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PromptVersionEntity } from '../../../entities/index.js';
import { heavyWork } from '../../../kernel/index.js';
import { computeChecksum, type PromptContent } from '../../../templating/index.js';
import { type PinnedContent, SnippetPins } from '../../snippets/index.js';
import { type PromptKey, type VersionFacts, VersionsService } from '../../versions/index.js';
import type { PutPromptDto } from '../prompts.dto.js';
import { readPutContent } from '../read-put-content.js';
import { readSettings } from './read-settings.js';

/** New content of a prompt, ready to be stored. */
export interface NewContent {
  /** The content of the request. */
  readonly content: PromptContent;
  /** The same content with the texts of its snippets. */
  readonly pinned: PinnedContent;
  readonly checksumHash: string;
  /** The settings that the content was tried with, as JSON text. Undefined leaves them as they are, null removes them. */
  readonly settings: string | null | undefined;
}

/** Stores contents as versions. Slow work happens before the transaction, so that no lock waits for it. */
@Injectable()
export class NewContents {
  constructor(
    private readonly snippets: SnippetPins,
    private readonly versions: VersionsService,
  ) {}

  /**
   * @throws ValidationError `VALIDATION_FAILED` unless there is exactly one content, and for tools, a format, a schema or settings that
   *   are not valid.
   * @throws TemplateInvalidError `TEMPLATE_INVALID`, also for a snippet that does not exist.
   */
  async read(projectId: string, request: PutPromptDto): Promise<NewContent> {
    const content = await heavyWork.run(() => readPutContent(request));
    const settings = readSettings(request.settings);
    const pinned = await this.snippets.pin(projectId, content);
    const checksumHash = await heavyWork.run(() => {
      const checksum = computeChecksum(pinned.content);
      this.versions.check(pinned.content, checksum);
      return checksum;
    });
    return { content, pinned, checksumHash, settings };
  }

  /**
   * Keeps the snippets of a content from being deleted until the transaction ends. Call it before any lock on a prompt.
   * @throws TemplateInvalidError `TEMPLATE_INVALID` when a snippet was deleted since it was read.
   */
  async hold(tx: EntityManager, projectId: string, { pinned }: NewContent): Promise<void> {
    await this.snippets.hold(tx, projectId, pinned);
  }

  /** Finds or creates the version of a content. The prompt is locked, so version numbers have no gaps. */
  async store(
    tx: EntityManager,
    prompt: PromptKey,
    { pinned, checksumHash, settings }: NewContent,
    facts: VersionFacts,
  ): Promise<{ version: PromptVersionEntity; isNew: boolean }> {
    const hashed = { content: pinned.content, checksumHash };
    const { version, isNew } = await this.versions.add(tx, prompt, hashed, facts);
    const user = { versionId: version.versionId, isSnippet: false };
    if (isNew) await this.snippets.record(tx, prompt.projectId, user, pinned);
    if (settings !== undefined) await this.versions.keepSettings(tx, version, settings);
    return { version, isNew };
  }
}
