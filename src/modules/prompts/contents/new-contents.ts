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

/** A content that a prompt is to have, ready to be stored. */
export interface NewContent {
  /** The content of the request. */
  readonly content: PromptContent;
  /** The same with the texts of its snippets. */
  readonly pinned: PinnedContent;
  readonly checksumHash: string;
  /** The settings that it was tried with, as JSON text; undefined to leave them as they are, null to remove them. */
  readonly settings: string | null | undefined;
}

/** Stores contents as versions. What takes long is done before there is a transaction, so that no lock waits for it. */
@Injectable()
export class NewContents {
  constructor(
    private readonly snippets: SnippetPins,
    private readonly versions: VersionsService,
  ) {}

  /**
   * @throws ValidationError `VALIDATION_FAILED` unless there is exactly one content, and for tools, a format, a schema or settings
   *   that are not valid.
   * @throws TemplateInvalidError `TEMPLATE_INVALID`, also for a snippet that is not there.
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
   * Keeps what a content uses from being deleted until the transaction ends. It comes before any lock on a prompt.
   * @throws TemplateInvalidError `TEMPLATE_INVALID` when a snippet was deleted since it was read.
   */
  async hold(tx: EntityManager, projectId: string, { pinned }: NewContent): Promise<void> {
    await this.snippets.hold(tx, projectId, pinned);
  }

  /** Finds the version of a content, or makes it. The prompt is locked, so numbers have no gaps. */
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
