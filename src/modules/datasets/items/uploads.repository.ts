import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AddedItemsDto } from './items.dto.js';
import type { NewItem } from './read-items.js';

/** Identifies items that are uploaded together, at once or in parts. */
export interface UploadKey {
  readonly projectId: string;
  readonly datasetId: string;
  readonly uploadId: string;
}

/** Limits of one statement in items and bytes, so that concurrent writes can proceed in between. */
const SLICE_ITEMS = 1000;
const SLICE_BYTES = 2 * 1024 * 1024;

const BEGIN = `INSERT INTO dataset_uploads (project_id, dataset_id, upload_id) VALUES ($1, $2, $3)
  ON CONFLICT DO NOTHING RETURNING upload_id`;

/**
 * Stores in the order of the hashes, so that two requests with the same contents in different orders do not deadlock. Content
 * that was erased with its execution is restored once it is sent again. That is an update of its own, because PostgreSQL 15
 * holds every row that `ON CONFLICT DO UPDATE` meets to the policy that only erased ones pass.
 */
const STORE_CONTENTS = `WITH sent AS MATERIALIZED (
    SELECT DISTINCT ON (n.item_hash) n.item_hash, n.content::json AS content, n.size_bytes
    FROM unnest($3::bytea[], $4::text[], $5::integer[]) AS n (item_hash, content, size_bytes)
    ORDER BY n.item_hash
  ), revived AS (
    UPDATE dataset_contents c SET content = n.content, size_bytes = n.size_bytes, erased_at = NULL FROM sent n
    WHERE c.project_id = $1 AND c.dataset_id = $2 AND c.item_hash = n.item_hash AND c.erased_at IS NOT NULL
  )
  INSERT INTO dataset_contents (project_id, dataset_id, item_hash, content, size_bytes)
  SELECT $1::uuid, $2::uuid, n.item_hash, n.content, n.size_bytes FROM sent n ORDER BY n.item_hash
  ON CONFLICT DO NOTHING`;

const ADD_ITEMS = `INSERT INTO dataset_upload_items
    (project_id, dataset_id, upload_id, part, ordinal, item_hash, external_id, source_execution_id)
  SELECT $1::uuid, $2::uuid, $3::uuid, $4::integer, $5::integer + n.nth - 1, n.item_hash, n.external_id, n.source_execution_id
  FROM unnest($6::bytea[], $7::text[], $8::uuid[]) WITH ORDINALITY AS n (item_hash, external_id, source_execution_id, nth)`;

const OF_UPLOAD = 'project_id = $1 AND dataset_id = $2 AND upload_id = $3';
const DROP_PART = `DELETE FROM dataset_upload_items WHERE ${OF_UPLOAD} AND part = $4`;
const DROP_ITEMS = `DELETE FROM dataset_upload_items WHERE ${OF_UPLOAD}`;
const DROP = `DELETE FROM dataset_uploads WHERE ${OF_UPLOAD}`;
const COUNT = `SELECT count(*)::integer AS items FROM dataset_upload_items WHERE ${OF_UPLOAD}`;
const KEEP_RESULT = `UPDATE dataset_uploads SET result = $4 WHERE ${OF_UPLOAD}`;
const LOCK = `SELECT result FROM dataset_uploads WHERE ${OF_UPLOAD} FOR UPDATE`;
const LIST_PARTS = `SELECT DISTINCT part FROM dataset_upload_items WHERE ${OF_UPLOAD} ORDER BY part`;

const IS_EXPIRED = `created_at < now() - interval '1 day'`;
const LIST_DATASETS = `SELECT DISTINCT dataset_id AS "datasetId" FROM dataset_uploads WHERE project_id = $1 AND ${IS_EXPIRED}`;
/** Keeps other requests from storing contents in the dataset while unused ones are removed. */
const LOCK_DATASET = `SELECT FROM datasets WHERE project_id = $1 AND dataset_id = $2 FOR UPDATE SKIP LOCKED`;
const LIST_EXPIRED = `SELECT upload_id AS "uploadId" FROM dataset_uploads
  WHERE project_id = $1 AND dataset_id = $2 AND ${IS_EXPIRED}`;
const DROP_UNUSED = `DELETE FROM dataset_contents c
  WHERE c.project_id = $1 AND c.dataset_id = $2 AND c.created_at < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM dataset_items i
      WHERE i.project_id = $1 AND i.dataset_id = $2 AND i.item_hash = c.item_hash)
    AND NOT EXISTS (SELECT FROM dataset_upload_items u
      WHERE u.project_id = $1 AND u.dataset_id = $2 AND u.item_hash = c.item_hash)`;

/** Stores items on their way into a dataset. */
@Injectable()
export class UploadsRepository {
  /** @returns false when the upload had already begun. */
  async begin(tx: EntityManager, key: UploadKey): Promise<boolean> {
    return (await tx.query<unknown[]>(BEGIN, toValues(key))).length > 0;
  }

  /**
   * Keeps others from adding a part to the upload or ending it until the transaction is over.
   * @returns null when there is no such upload; its `result` is the answer given when it ended, and null before.
   */
  async lock(tx: EntityManager, key: UploadKey): Promise<{ readonly result: AddedItemsDto | null } | null> {
    const [row] = await tx.query<{ result: AddedItemsDto | null }[]>(LOCK, toValues(key));
    return row ?? null;
  }

  /** Lists the numbers of the stored parts in ascending order. */
  async listParts(tx: EntityManager, key: UploadKey): Promise<number[]> {
    const rows = await tx.query<{ part: number }[]>(LIST_PARTS, toValues(key));
    return rows.map(({ part }) => part);
  }

  /** Stores the items of a part, replacing an earlier one with the same number. */
  async putPart(tx: EntityManager, key: UploadKey, part: number, items: readonly NewItem[]): Promise<void> {
    const { projectId, datasetId } = key;
    await tx.query(DROP_PART, [...toValues(key), part]);
    const byHash = [...items].sort((one, other) => one.itemHash.compare(other.itemHash));
    for (const slice of slicesOf(byHash)) {
      const contents = slice.map(({ content }) => content);
      const sizes = slice.map(({ sizeBytes }) => sizeBytes);
      await tx.query(STORE_CONTENTS, [projectId, datasetId, listHashes(slice), contents, sizes]);
    }
    for (let from = 0; from < items.length; from += SLICE_ITEMS) {
      const slice = items.slice(from, from + SLICE_ITEMS);
      const externalIds = slice.map(({ externalId }) => externalId);
      const sources = slice.map(({ sourceExecutionId }) => sourceExecutionId);
      await tx.query(ADD_ITEMS, [...toValues(key), part, from, listHashes(slice), externalIds, sources]);
    }
  }

  async countItems(tx: EntityManager, key: UploadKey): Promise<number> {
    const [row] = await tx.query<{ items: number }[]>(COUNT, toValues(key));
    return row?.items ?? 0;
  }

  /** Ends an upload whose items are now part of a revision. Keeps the answer, which a repeated request gets for a day. */
  async end(tx: EntityManager, key: UploadKey, result: AddedItemsDto): Promise<void> {
    await tx.query(DROP_ITEMS, toValues(key));
    await tx.query(KEEP_RESULT, [...toValues(key), JSON.stringify(result)]);
  }

  async drop(tx: EntityManager, key: UploadKey): Promise<void> {
    await tx.query(DROP_ITEMS, toValues(key));
    await tx.query(DROP, toValues(key));
  }

  /** Lists datasets with uploads that were left open for a day. */
  async listWithExpired(tx: EntityManager, projectId: string): Promise<string[]> {
    const rows = await tx.query<{ datasetId: string }[]>(LIST_DATASETS, [projectId]);
    return rows.map(({ datasetId }) => datasetId);
  }

  /** Removes uploads of a dataset that were left open for a day, with the contents that only they used. */
  async dropExpired(tx: EntityManager, projectId: string, datasetId: string): Promise<void> {
    const locked = await tx.query<unknown[]>(LOCK_DATASET, [projectId, datasetId]);
    if (locked.length === 0) return;
    const expired = await tx.query<{ uploadId: string }[]>(LIST_EXPIRED, [projectId, datasetId]);
    for (const { uploadId } of expired) await this.drop(tx, { projectId, datasetId, uploadId });
    await tx.query(DROP_UNUSED, [projectId, datasetId]);
  }
}

function toValues({ projectId, datasetId, uploadId }: UploadKey): string[] {
  return [projectId, datasetId, uploadId];
}

function listHashes(items: readonly NewItem[]): Buffer[] {
  return items.map(({ itemHash }) => itemHash);
}

function* slicesOf(items: readonly NewItem[]): Generator<NewItem[]> {
  let slice: NewItem[] = [];
  let bytes = 0;
  for (const item of items) {
    slice.push(item);
    bytes += item.sizeBytes;
    if (slice.length < SLICE_ITEMS && bytes < SLICE_BYTES) continue;
    yield slice;
    slice = [];
    bytes = 0;
  }
  if (slice.length > 0) yield slice;
}
