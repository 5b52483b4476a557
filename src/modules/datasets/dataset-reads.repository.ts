import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DatasetNotFoundError, DatasetVersionNotFoundError } from './errors.js';

/** A version of a dataset, with the facts that locate its items. */
export interface DatasetVersion {
  readonly datasetId: string;
  readonly name: string;
  /** SHA-256 of the version's content, in lower-case hex. */
  readonly version: string;
  /** The first revision of the dataset with this content. */
  readonly revision: number;
  readonly itemCount: number;
  /** The position of the first item. */
  readonly firstPosition: number;
}

/** An item of a version. Its JSON is kept as text, to preserve numbers and the order of keys. */
export interface DatasetItem {
  readonly itemId: string;
  /** Rises along the items of a version; a page starts after one of these. */
  readonly position: number;
  /** SHA-256 of the item's content, in lower-case hex; equal items have the same. */
  readonly itemHash: string;
  /** Null when the item has none. */
  readonly externalId: string | null;
  /** A JSON object. */
  readonly variablesJson: string;
  /** Any JSON value, including `null`; null when the item has no `expected`. */
  readonly expectedJson: string | null;
  /** Any JSON object or `null`; null where the item has no `metadata`. */
  readonly metadataJson: string | null;
  /** The item as one JSON object, with only the members that it has. */
  readonly contentJson: string;
  /** The execution that the item was made from; null for an item that was sent. */
  readonly sourceExecutionId: string | null;
  readonly createdAt: Date;
}

export interface DatasetItemPage {
  readonly items: DatasetItem[];
  /** The position after which the next page starts; null on the last one. */
  readonly nextAfter: number | null;
}

/** An item may be as large as a request body, and a page of them is held in memory. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

const FIND_VERSION = `SELECT d.dataset_id AS "datasetId", d.name, v.version, v.revision, v.item_count AS "itemCount",
    v.first_position::float8 AS "firstPosition"
  FROM datasets d
  LEFT JOIN LATERAL (SELECT * FROM dataset_versions v
    WHERE v.project_id = $1 AND v.dataset_id = d.dataset_id AND v.version = coalesce($3, d.version) OFFSET 0) AS v ON true`;
const BY_NAME = `${FIND_VERSION} WHERE d.project_id = $1 AND d.name = $2 AND d.deleted_at IS NULL`;
const BY_ID = `${FIND_VERSION} WHERE d.project_id = $1 AND d.dataset_id = $2`;

/** Reads one item beyond the page, to know whether there is another page. A page has at least one item, however large. */
const LIST_ITEMS = `WITH page AS MATERIALIZED (
    SELECT i.*, c.content, sum(c.size_bytes) OVER (ORDER BY i.position) AS bytes, row_number() OVER (ORDER BY i.position) AS nth
    FROM (SELECT i.item_id, i.position, i.item_hash, i.external_id, i.source_execution_id, i.created_at FROM dataset_items i
      WHERE i.project_id = $1 AND i.dataset_id = $2 AND i.position > $4 AND i.added_in <= $3
        AND (i.removed_in IS NULL OR i.removed_in > $3)
      ORDER BY i.position LIMIT $5 + 1) AS i
    CROSS JOIN LATERAL (SELECT c.content, c.size_bytes FROM dataset_contents c
      WHERE c.project_id = $1 AND c.dataset_id = $2 AND c.item_hash = i.item_hash OFFSET 0) AS c
  )
  SELECT item_id AS "itemId", position::float8 AS position, encode(item_hash, 'hex') AS "itemHash", external_id AS "externalId",
    (content -> 'variables')::text AS "variablesJson", (content -> 'expected')::text AS "expectedJson",
    (content -> 'metadata')::text AS "metadataJson", content::text AS "contentJson",
    source_execution_id AS "sourceExecutionId", created_at AS "createdAt",
    (SELECT max(nth) FROM page)::integer > nth::integer AS "hasNext"
  FROM page WHERE nth <= $5 AND (nth = 1 OR bytes <= ${MAX_PAGE_BYTES})
  ORDER BY position`;

/** Reads versions of datasets and pages of their items, for other modules. */
@Injectable()
export class DatasetReadsRepository {
  /**
   * @param version the hash of a version; null for the current content of the dataset.
   * @throws DatasetNotFoundError `DATASET_NOT_FOUND`
   * @throws DatasetVersionNotFoundError `DATASET_VERSION_NOT_FOUND`, also when the dataset never had items.
   */
  async getVersion(
    tx: EntityManager,
    projectId: string,
    name: string,
    version: string | null,
  ): Promise<DatasetVersion> {
    const found = await this.find(tx, BY_NAME, [projectId, name, version]);
    if (found === undefined) throw new DatasetNotFoundError(name);
    if (found.version !== null) return found as DatasetVersion;
    throw version === null
      ? DatasetVersionNotFoundError.ofEmpty(name)
      : DatasetVersionNotFoundError.ofHash(name, version);
  }

  /** Finds a version that was pinned earlier, even if its dataset has been deleted since. */
  async findPinned(
    tx: EntityManager,
    projectId: string,
    datasetId: string,
    version: string,
  ): Promise<DatasetVersion | null> {
    const found = await this.find(tx, BY_ID, [projectId, datasetId, version]);
    return found === undefined || found.version === null ? null : (found as DatasetVersion);
  }

  /**
   * Lists items after a position, in an order that never changes. A page ends early when its items are large.
   * @param after the `nextAfter` of the previous page; null for the first.
   * @param limit the most items, at least 1.
   */
  async listItems(
    tx: EntityManager,
    projectId: string,
    { datasetId, revision, firstPosition }: Pick<DatasetVersion, 'datasetId' | 'revision' | 'firstPosition'>,
    { after, limit }: { readonly after: number | null; readonly limit: number },
  ): Promise<DatasetItemPage> {
    // Skips the positions before the first item, which may hold hundreds of thousands of items of former revisions.
    const behind = Math.max(after ?? 0, firstPosition - 1);
    const rows = await tx.query<(DatasetItem & { hasNext: boolean })[]>(LIST_ITEMS, [
      projectId,
      datasetId,
      revision,
      behind,
      limit,
    ]);
    const last = rows.at(-1);
    const items = rows.map(({ hasNext: _, ...item }) => item);
    return { items, nextAfter: last?.hasNext === true ? last.position : null };
  }

  private async find(
    tx: EntityManager,
    statement: string,
    values: readonly unknown[],
  ): Promise<(Omit<DatasetVersion, 'version'> & { readonly version: string | null }) | undefined> {
    const [row] = await tx.query<DatasetVersion[]>(statement, [...values]);
    return row;
  }
}
