import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantScope } from '../../../infra/database/index.js';
import { heavyWork } from '../../../kernel/index.js';
import {
  listPins,
  type PromptContent,
  type SnippetPin,
  TemplateInvalidError,
} from '../../../templating/index.js';
import { type NewPin, SnippetPinsRepository } from './snippet-pins.repository.js';

/** The limits of `liquid-2` for the number of snippets and characters, so that no more is read. */
const MAX_SNIPPETS = 1_000;
const MAX_CHARS = 1_048_576;

/** A content with the snippets of its templates, and the pins to record for it. */
export interface PinnedContent {
  readonly content: PromptContent;
  readonly pins: readonly NewPin[];
}

/** Finds the snippets that a content uses, and records their use. */
@Injectable()
export class SnippetPins {
  constructor(
    private readonly scope: TenantScope,
    private readonly repository: SnippetPinsRepository,
  ) {}

  /**
   * Adds to a content the texts of all snippets that its templates name, and of those that these use. Without the tag, the content stays as
   * it is and the database is not read. Missing snippets are left out, because the renderer reports where they are named.
   * @throws TemplateInvalidError `TEMPLATE_INVALID` for a template that does not parse, and for too many snippets.
   */
  async pin(projectId: string, content: PromptContent): Promise<PinnedContent> {
    const named = await heavyWork.run(() => listPins(content));
    if (named === null) return { content, pins: [] };
    if (named.length > MAX_SNIPPETS) throw tooMany(content);
    return this.scope.transaction(projectId, (tx) => this.read(tx, projectId, content, named));
  }

  /**
   * Keeps the snippets of a content from being deleted until the transaction ends. Call it before any lock on a prompt. Does nothing for a
   * content without snippets.
   * @throws TemplateInvalidError `TEMPLATE_INVALID` when a snippet was deleted since it was found.
   */
  async hold(tx: EntityManager, projectId: string, { content, pins }: PinnedContent): Promise<void> {
    if (pins.length === 0) return;
    await this.repository.hold(tx, projectId);
    await this.assertLive(tx, projectId, { content, pins });
  }

  /** @throws TemplateInvalidError `TEMPLATE_INVALID` when a snippet was deleted since it was found. */
  async assertLive(tx: EntityManager, projectId: string, { content, pins }: PinnedContent): Promise<void> {
    if (pins.length === 0) return;
    const ids = pins.map(({ snippetVersionId }) => snippetVersionId);
    if ((await this.repository.countLive(tx, projectId, ids)) === ids.length) return;
    throw invalid(content, 'a snippet that it uses was deleted');
  }

  /** Records the snippets that a new version uses. */
  async record(
    tx: EntityManager,
    projectId: string,
    user: { readonly versionId: string; readonly isSnippet: boolean },
    { pins }: PinnedContent,
  ): Promise<void> {
    if (pins.length > 0) await this.repository.insert(tx, projectId, user, pins);
  }

  private async read(
    tx: EntityManager,
    projectId: string,
    content: PromptContent,
    named: readonly SnippetPin[],
  ): Promise<PinnedContent> {
    const found = await this.repository.find(tx, projectId, named, MAX_SNIPPETS + 1);
    const chars = found.reduce((total, pin) => total + pin.chars, 0);
    if (found.length > MAX_SNIPPETS) throw tooMany(content);
    if (chars > MAX_CHARS) throw invalid(content, `snippets of more than ${MAX_CHARS} characters`);
    const ids = found.map(({ versionId }) => versionId);
    const snippets = await this.repository.read(tx, projectId, ids);
    return {
      content: { ...content, extras: { ...content.extras, snippets } },
      pins: found.map(({ versionId, isDirect }) => ({ snippetVersionId: versionId, isDirect })),
    };
  }
}

function tooMany(content: PromptContent): TemplateInvalidError {
  return invalid(content, `more than ${MAX_SNIPPETS} snippets`);
}

function invalid(content: PromptContent, problem: string): TemplateInvalidError {
  const pointer = content.kind === 'text' ? '/template_source' : '/messages/0/content';
  return new TemplateInvalidError(problem, pointer, { line: 1, column: 1 });
}
