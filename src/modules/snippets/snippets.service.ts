import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { SnippetEntity, SnippetVersionEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { decodeCursor, toPage, type PageQueryDto } from '../../infra/http/index.js';
import { heavyWork, UUID } from '../../kernel/index.js';
import { computeChecksum } from '../../templating/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import { type VersionContent, VersionNotFoundError, VersionsService } from '../versions/index.js';
import { SnippetInUseError, SnippetNotFoundError } from './errors.js';
import { type PinnedContent, SnippetPins } from './pins/snippet-pins.js';
import { SnippetPinsRepository } from './pins/snippet-pins.repository.js';
import * as view from './snippet-views.js';
import type {
  ListSnippetsQueryDto,
  PutSnippetDto,
  PutSnippetResultDto,
  SnippetDto,
  SnippetListDto,
  SnippetUsageDto,
  SnippetVersionDto,
  SnippetVersionSummaryDto,
} from './snippets.dto.js';
import { SnippetsRepository, type UsePosition } from './snippets.repository.js';

/** Manages texts that prompts share, in immutable versions. */
@Injectable()
export class SnippetsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly snippets: SnippetsRepository,
    private readonly pins: SnippetPins,
    private readonly locks: SnippetPinsRepository,
    private readonly versions: VersionsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates a snippet or its next version. A text that it has had before selects that version again.
   * @throws TemplateInvalidError `TEMPLATE_INVALID`, also for a missing snippet that it uses.
   */
  async put(actor: Actor, name: string, request: PutSnippetDto): Promise<PutSnippetResultDto> {
    const { projectId } = actor;
    const templateSource = request.template_source;
    const pinned = await this.pins.pin(projectId, { kind: 'text', templateSource });
    const stored = await heavyWork.run(() =>
      this.versions.describe(pinned.content, computeChecksum(pinned.content)),
    );
    return this.scope.transaction(projectId, async (tx) => {
      await this.locks.holdAlone(tx, projectId);
      await this.pins.assertLive(tx, projectId, pinned);
      const known = await this.snippets.find(tx, projectId, name);
      const { description } = request;
      const snippet = known ?? (await this.snippets.add(tx, projectId, name, description ?? null));
      const { version, isNew } = await this.addVersion(tx, snippet, { stored, pinned, request });
      const isDescribed = description !== undefined && description !== snippet.description;
      if (isNew || isDescribed) await this.snippets.touch(tx, snippet, description);
      await this.audit.append(tx, actor, {
        action: 'snippet.put',
        subject: `snippet/${name}`,
        subjectId: snippet.snippetId,
        before: known === null ? null : { description: known.description },
        after: {
          version_number: version.versionNumber,
          version_change: isNew,
          ...(description === undefined ? {} : { description }),
        },
      });
      return {
        snippet: { snippet_id: snippet.snippetId, name },
        version: view.versionRef(version),
        version_change: isNew,
      };
    });
  }

  async list(projectId: string, query: ListSnippetsQueryDto): Promise<SnippetListDto> {
    const after = query.cursor === undefined ? '' : decodeCursor(query.cursor, asName);
    const found = await this.scope.transaction(projectId, (tx) =>
      this.snippets.list(tx, projectId, { after, prefix: query.q ?? '', limit: query.limit + 1 }),
    );
    const { entries, nextCursor } = toPage(found, query.limit, ({ name }) => name);
    return { snippets: entries.map(view.snippetSummary), next_cursor: nextCursor };
  }

  /** Returns a snippet with its newest version. @throws SnippetNotFoundError `SNIPPET_NOT_FOUND` */
  async get(projectId: string, name: string): Promise<SnippetDto> {
    return this.scope.transaction(projectId, async (tx) => {
      const snippet = await this.getSnippet(tx, projectId, name);
      return view.snippetDetail(snippet, await this.snippets.getLatest(tx, snippet));
    });
  }

  /** Lists the newest first. @throws SnippetNotFoundError `SNIPPET_NOT_FOUND` */
  async listVersions(projectId: string, name: string): Promise<SnippetVersionSummaryDto[]> {
    return this.scope.transaction(projectId, async (tx) => {
      const snippet = await this.getSnippet(tx, projectId, name);
      return (await this.snippets.listVersions(tx, snippet)).map(view.versionSummary);
    });
  }

  /** @throws SnippetNotFoundError `SNIPPET_NOT_FOUND` | VersionNotFoundError `VERSION_NOT_FOUND` */
  async getVersion(projectId: string, name: string, versionNumber: number): Promise<SnippetVersionDto> {
    return this.scope.transaction(projectId, async (tx) => {
      const snippet = await this.getSnippet(tx, projectId, name);
      const version = await this.snippets.findByNumber(tx, snippet, versionNumber);
      if (version !== null) return view.versionDetail(snippet, version);
      throw new VersionNotFoundError(
        `version ${versionNumber} of snippet "${name}"`,
        'GET /v1/snippets/{name}/versions',
      );
    });
  }

  /** Lists uses, newest first. @throws SnippetNotFoundError `SNIPPET_NOT_FOUND` */
  async usage(projectId: string, name: string, query: PageQueryDto): Promise<SnippetUsageDto> {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, asPosition);
    const found = await this.scope.transaction(projectId, async (tx) => {
      const snippet = await this.getSnippet(tx, projectId, name);
      return this.snippets.listUses(tx, snippet, after, query.limit + 1);
    });
    const { entries, nextCursor } = toPage(found, query.limit, (use) => [
      use.versionId,
      use.snippetVersionNumber,
    ]);
    return { usage: entries.map(view.useView), next_cursor: nextCursor };
  }

  /**
   * Frees the name. Versions stay for those that have used them.
   * @throws SnippetNotFoundError `SNIPPET_NOT_FOUND`
   * @throws SnippetInUseError `SNIPPET_IN_USE` while a version of a prompt or of another snippet uses one of its versions.
   */
  async delete(actor: Actor, name: string): Promise<void> {
    const { projectId } = actor;
    await this.scope.transaction(projectId, async (tx) => {
      await this.locks.holdAlone(tx, projectId);
      const snippet = await this.getSnippet(tx, projectId, name);
      if (await this.snippets.isUsed(tx, snippet)) throw new SnippetInUseError(name);
      await this.snippets.markDeleted(tx, snippet);
      await this.audit.append(tx, actor, {
        action: 'snippet.delete',
        subject: `snippet/${name}`,
        subjectId: snippet.snippetId,
        before: { snippet_id: snippet.snippetId, description: snippet.description },
      });
    });
  }

  private async addVersion(
    tx: EntityManager,
    snippet: SnippetEntity,
    sent: {
      readonly stored: VersionContent;
      readonly pinned: PinnedContent;
      readonly request: PutSnippetDto;
    },
  ): Promise<{ version: SnippetVersionEntity; isNew: boolean }> {
    const { stored, pinned, request } = sent;
    const { checksumHash, renderer, variables } = stored;
    const same = await this.snippets.findByChecksum(tx, snippet, checksumHash);
    if (same !== null) return { version: same, isNew: false };
    const { projectId, snippetId } = snippet;
    const version = await this.snippets.addVersion(tx, {
      projectId,
      snippetId,
      versionNumber: (await this.snippets.highestNumber(tx, snippet)) + 1,
      templateSource: request.template_source,
      checksumHash,
      renderer,
      variables,
      createdBy: request.created_by ?? null,
      commitMessage: request.commit_message ?? null,
    });
    await this.pins.record(tx, projectId, { versionId: version.versionId, isSnippet: true }, pinned);
    return { version, isNew: true };
  }

  private async getSnippet(tx: EntityManager, projectId: string, name: string): Promise<SnippetEntity> {
    const snippet = await this.snippets.find(tx, projectId, name);
    if (snippet === null) throw new SnippetNotFoundError(name);
    return snippet;
  }
}

function asName(position: unknown): string | null {
  return typeof position === 'string' ? position : null;
}

function asPosition(position: unknown): UsePosition | null {
  const [versionId, number, ...more] = Array.isArray(position) ? (position as unknown[]) : [];
  const isPosition = typeof versionId === 'string' && UUID.test(versionId) && more.length === 0;
  return isPosition && typeof number === 'number' && Number.isInteger(number) && Math.abs(number) < 2 ** 31
    ? [versionId, number]
    : null;
}
