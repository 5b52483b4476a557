import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DatabaseClock, TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, encodeCursor, RawAnswer } from '../../../infra/http/index.js';
import { heavyWork, ValidationError } from '../../../kernel/index.js';
import type { Actor } from '../../audit/index.js';
import {
  type DatasetItem,
  DatasetReadsRepository,
  type DatasetVersion,
} from '../dataset-reads.repository.js';
import {
  DatasetItemsInvalidError,
  DatasetNotFoundError,
  DatasetTooLargeError,
  DatasetUploadIncompleteError,
  DatasetVersionNotFoundError,
} from '../errors.js';
import { toVariablesCheck } from './check-variables.js';
import {
  type AddedItemsDto,
  type AddItemsDto,
  type AddMode,
  type ListItemsQueryDto,
  MAX_ITEMS,
  type StagedItemsDto,
  type StageItemsDto,
} from './items.dto.js';
import { type NewItem, readItems } from './read-items.js';
import { Revisions } from './revisions.js';
import { type LockedDataset, RevisionsRepository } from './revisions.repository.js';
import { type UploadKey, UploadsRepository } from './uploads.repository.js';

/** More than enough, because schemas are changed by hand and not on every try. */
const MAX_TRIES = 3;

/** Adds items to datasets, at once or in parts, and reads them. */
@Injectable()
export class ItemsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly reads: DatasetReadsRepository,
    private readonly uploads: UploadsRepository,
    private readonly repository: RevisionsRepository,
    private readonly revisions: Revisions,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Adds items to a dataset, all of them or none.
   * @throws ValidationError `VALIDATION_FAILED` for an invalid item, and for a duplicate `external_id`.
   * @throws DatasetNotFoundError | DatasetItemsInvalidError | DatasetTooLargeError | DatasetUploadIncompleteError
   */
  async add(actor: Actor, name: string, request: AddItemsDto): Promise<AddedItemsDto> {
    const { mode: sentMode, upload_id: uploadId, parts } = request;
    const mode = sentMode ?? 'append';
    if (uploadId == null) return this.addAtOnce(actor, name, requireItems(request), mode);
    if (request.items != null)
      throw refusal('/items', 'cannot be sent with upload_id: the upload already has the items');
    if (parts == null) throw refusal('/parts', 'is required: say how many parts the upload has');
    return this.scope.transaction(actor.projectId, (tx) =>
      this.endUpload(tx, actor, name, { uploadId: uploadId.toLowerCase(), parts, mode }),
    );
  }

  /**
   * Stores a part of the items until the upload ends. The dataset itself does not change yet.
   * @throws ValidationError | DatasetNotFoundError | DatasetItemsInvalidError | DatasetTooLargeError
   */
  async stage({ projectId }: Actor, name: string, request: StageItemsDto): Promise<StagedItemsDto> {
    const { part } = request;
    const uploadId = request.upload_id.toLowerCase();
    const { itemCount, hasBegun } = await this.withItems(
      projectId,
      name,
      request.items,
      async (tx, items, dataset) => {
        const key = { projectId, datasetId: dataset.datasetId, uploadId };
        const hasBegun = await this.uploads.begin(tx, key);
        const upload = await this.uploads.lock(tx, key);
        // The upload has already ended, and this is a late retry.
        if (upload?.result != null) return { itemCount: upload.result.item_count, hasBegun };
        await this.uploads.putPart(tx, key, part, items);
        const itemCount = await this.uploads.countItems(tx, key);
        if (itemCount > MAX_ITEMS) throw new DatasetTooLargeError(name, MAX_ITEMS);
        return { itemCount, hasBegun };
      },
    );
    if (hasBegun) await this.dropExpired(projectId);
    return { upload_id: uploadId, part, item_count: itemCount };
  }

  /**
   * Returns a page of a `DatasetItemsDto`. Writes the content of the items unchanged.
   * @throws DatasetNotFoundError | DatasetVersionNotFoundError
   */
  async list(projectId: string, name: string, query: ListItemsQueryDto): Promise<RawAnswer> {
    const from = query.cursor === undefined ? null : decodeCursor(query.cursor, parsePosition);
    if (from !== null && query.version !== undefined && query.version !== from.version) {
      throw refusal('/cursor', 'belongs to another version');
    }
    const wanted = from?.version ?? query.version ?? null;
    return this.scope.transaction(projectId, async (tx) => {
      const version = await this.findVersion(tx, projectId, name, wanted);
      if (version === null) return pageAnswer(null, [], null);
      const page = { after: from?.after ?? null, limit: query.limit };
      const { items, nextAfter } = await this.reads.listItems(tx, projectId, version, page);
      const cursor = nextAfter === null ? null : encodeCursor([version.version, nextAfter]);
      return pageAnswer(version.version, items, cursor);
    });
  }

  private async addAtOnce(
    actor: Actor,
    name: string,
    values: readonly unknown[],
    mode: AddMode,
  ): Promise<AddedItemsDto> {
    const { projectId } = actor;
    return this.withItems(projectId, name, values, (tx, items, dataset) =>
      this.addRead(tx, actor, dataset, items, mode),
    );
  }

  /** Adds items that have been read to a dataset that the transaction shares. */
  async addRead(
    tx: EntityManager,
    actor: Actor,
    { datasetId, name }: LockedDataset,
    items: readonly NewItem[],
    mode: AddMode,
  ): Promise<AddedItemsDto> {
    const { projectId } = actor;
    const key = { projectId, datasetId, uploadId: this.databaseClock.newId() };
    await this.uploads.begin(tx, key);
    await this.uploads.putPart(tx, key, 1, items);
    const added = await this.revisions.apply(tx, actor, await this.lock(tx, projectId, name), key, mode);
    await this.uploads.drop(tx, key);
    return added;
  }

  private async endUpload(
    tx: EntityManager,
    actor: Actor,
    name: string,
    { uploadId, parts, mode }: { readonly uploadId: string; readonly parts: number; readonly mode: AddMode },
  ): Promise<AddedItemsDto> {
    const { projectId } = actor;
    const dataset = await this.lock(tx, projectId, name);
    const key: UploadKey = { projectId, datasetId: dataset.datasetId, uploadId };
    const upload = await this.uploads.lock(tx, key);
    if (upload?.result != null) return upload.result;
    const there = upload === null ? [] : await this.uploads.listParts(tx, key);
    if ((there.at(-1) ?? 0) > parts)
      throw refusal('/parts', `is less than the upload has: part ${there.at(-1)} came`);
    if (there.length < parts) throw new DatasetUploadIncompleteError(uploadId, describeMissing(there, parts));
    const twice = await this.repository.listTwice(tx, key);
    if (twice.length > 0) {
      throw refusal(
        '/upload_id',
        `has items with the same external_id: ${twice.map((id) => JSON.stringify(id)).join(', ')}`,
      );
    }
    const added = await this.revisions.apply(tx, actor, dataset, key, mode);
    await this.uploads.end(tx, key, added);
    return added;
  }

  /** Reads items by the dataset's schema, then works with them in a transaction in which the schema is still the same. */
  private async withItems<T>(
    projectId: string,
    name: string,
    values: readonly unknown[],
    work: (tx: EntityManager, items: readonly NewItem[], dataset: LockedDataset) => Promise<T>,
  ): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const { variablesSchemaJson } = await this.scope.transaction(projectId, async (tx) =>
        found(await this.repository.find(tx, projectId, name), name),
      );
      const steps = readItems(values, toVariablesCheck(variablesSchemaJson));
      const { items, misfits } = await heavyWork.runSteps(steps);
      if (misfits.length > 0) throw new DatasetItemsInvalidError(name, misfits);
      const done = await this.scope.transaction(projectId, async (tx) => {
        const dataset = found(await this.repository.share(tx, projectId, name), name);
        if (dataset.variablesSchemaJson !== variablesSchemaJson && tries < MAX_TRIES) return null;
        return { value: await work(tx, items, dataset) };
      });
      if (done !== null) return done.value;
    }
  }

  private async lock(tx: EntityManager, projectId: string, name: string): Promise<LockedDataset> {
    return found(await this.repository.lock(tx, projectId, name), name);
  }

  /** @returns null when the dataset never had items and no version was requested. */
  private async findVersion(
    tx: EntityManager,
    projectId: string,
    name: string,
    wanted: string | null,
  ): Promise<DatasetVersion | null> {
    try {
      return await this.reads.getVersion(tx, projectId, name, wanted);
    } catch (error) {
      if (wanted === null && error instanceof DatasetVersionNotFoundError) return null;
      throw error;
    }
  }

  private async dropExpired(projectId: string): Promise<void> {
    const datasets = await this.scope.transaction(projectId, (tx) =>
      this.uploads.listWithExpired(tx, projectId),
    );
    for (const datasetId of datasets) {
      await this.scope.transaction(projectId, (tx) => this.uploads.dropExpired(tx, projectId, datasetId));
    }
  }
}

function found(dataset: LockedDataset | null, name: string): LockedDataset {
  if (dataset === null) throw new DatasetNotFoundError(name);
  return dataset;
}

function requireItems({ items, parts }: AddItemsDto): readonly unknown[] {
  if (parts != null) throw refusal('/parts', 'needs an upload_id');
  if (items == null) throw refusal('/items', 'is required, unless an upload_id says where they are');
  return items;
}

function refusal(pointer: string, message: string): ValidationError {
  return new ValidationError('Correct the parts of the request that "errors" lists.', [{ pointer, message }]);
}

/** @param there in ascending order. */
function describeMissing(there: readonly number[], parts: number): string {
  const came = new Set(there);
  const missing = Array.from({ length: parts }, (_, index) => index + 1).filter((part) => !came.has(part));
  const named = missing.slice(0, 10).join(', ');
  const rest = missing.length > 10 ? ` and ${missing.length - 10} more` : '';
  return `part${missing.length === 1 ? '' : 's'} ${named}${rest}`;
}

function parsePosition(position: unknown): { readonly version: string; readonly after: number } | null {
  if (!Array.isArray(position) || position.length !== 2) return null;
  const [version, after] = position as unknown[];
  const isKnown =
    typeof version === 'string' && /^[0-9a-f]{64}$/.test(version) && Number.isSafeInteger(after);
  return isKnown ? { version, after: after as number } : null;
}

function pageAnswer(version: string | null, items: readonly DatasetItem[], cursor: string | null): RawAnswer {
  const texts = items.map(itemText).join(',');
  return RawAnswer.json(
    200,
    `{"version":${JSON.stringify(version)},"items":[${texts}],"next_cursor":${JSON.stringify(cursor)}}`,
  );
}

/** Writes the item's members unchanged, after the facts about it. */
function itemText({ itemId, itemHash, sourceExecutionId, createdAt, contentJson }: DatasetItem): string {
  const known = JSON.stringify({
    item_id: itemId,
    item_hash: itemHash,
    source_execution_id: sourceExecutionId,
    created_at: createdAt.toISOString(),
  });
  return `${known.slice(0, -1)},${contentJson.slice(1)}`;
}
