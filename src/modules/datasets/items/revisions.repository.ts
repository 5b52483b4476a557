import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { UploadKey } from './uploads.repository.js';

/** A dataset that the transaction has locked. */
export interface LockedDataset {
  readonly datasetId: string;
  readonly name: string;
  readonly revision: number;
  /** Null before the first items. */
  readonly version: string | null;
  readonly itemCount: number;
  /** The JSON of the schema as it was sent; null without one. */
  readonly variablesSchemaJson: string | null;
}

/** How many items a revision added, changed and removed; all 0 when the content stays the same. */
export interface RevisionCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** The version and the number of a dataset's items. */
export interface HeldItems {
  readonly version: string;
  readonly itemCount: number;
}

const FIND = `SELECT dataset_id AS "datasetId", name, revision, version, item_count AS "itemCount",
    variables_schema::text AS "variablesSchemaJson"
  FROM datasets WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL`;

/** Lets any number of requests store contents at once, but not while unused ones are being removed. */
const SHARE = `${FIND} FOR KEY SHARE`;
/** Allows one revision at a time, while others may still store contents. */
const LOCK = `${FIND} FOR NO KEY UPDATE`;

const STAGED = 's.project_id = $1 AND s.dataset_id = $2 AND s.upload_id = $3';
const CURRENT = 'c.project_id = $1 AND c.dataset_id = $2 AND c.removed_in IS NULL';

const FIND_TWICE = `SELECT s.external_id AS "externalId" FROM dataset_upload_items s
  WHERE ${STAGED} AND s.external_id IS NOT NULL GROUP BY s.external_id HAVING count(*) > 1 ORDER BY 1 LIMIT 10`;

/**
 * Rules out nested loops. Without statistics of a table that was filled a moment ago, Postgres expects one row in each and
 * would compare a hundred thousand items with a hundred thousand one by one.
 */
const WITHOUT_LOOPS = 'SET LOCAL enable_nestloop = off';

const FIND_COLUMNS = `SELECT coalesce(bool_or(s.external_id IS NOT NULL), false) AS external_id,
    coalesce(bool_or(s.source_execution_id IS NOT NULL), false) AS source_execution_id
  FROM dataset_upload_items s WHERE ${STAGED}`;

/**
 * Matches an appended item with the current one that has its `external_id` or was made from the same execution. The new item
 * replaces that one, or is dropped if both are equal.
 */
const CHANGE_BY = (column: string) => `WITH matched AS MATERIALIZED (
    SELECT s.part, s.ordinal, c.item_id, c.item_hash = s.item_hash AS is_same
    FROM dataset_upload_items s JOIN dataset_items c ON c.${column} = s.${column}
    WHERE ${STAGED} AND ${CURRENT}
  ), dropped AS (
    DELETE FROM dataset_upload_items s USING matched m
    WHERE ${STAGED} AND s.part = m.part AND s.ordinal = m.ordinal AND m.is_same
  )
  UPDATE dataset_items d SET removed_in = $4 FROM matched m
  WHERE d.project_id = $1 AND d.dataset_id = $2 AND d.item_id = m.item_id AND NOT m.is_same`;

/** Keeps the items that the new list also has, each as often as it occurs there, and ends all others. */
const REPLACE = `WITH s AS MATERIALIZED (
    SELECT s.part, s.ordinal, s.item_hash, row_number() OVER (PARTITION BY s.item_hash ORDER BY s.part, s.ordinal) AS nth
    FROM dataset_upload_items s WHERE ${STAGED}
  ), c AS MATERIALIZED (
    SELECT c.item_id, c.item_hash, row_number() OVER (PARTITION BY c.item_hash ORDER BY c.position) AS nth
    FROM dataset_items c WHERE ${CURRENT}
  ), kept AS MATERIALIZED (
    SELECT s.part, s.ordinal, c.item_id FROM s JOIN c ON c.item_hash = s.item_hash AND c.nth = s.nth
  ), dropped AS (
    DELETE FROM dataset_upload_items s USING kept WHERE ${STAGED} AND s.part = kept.part AND s.ordinal = kept.ordinal
  )
  UPDATE dataset_items d SET removed_in = $4
  FROM (SELECT c.item_id FROM c LEFT JOIN kept ON kept.item_id = c.item_id WHERE kept.item_id IS NULL) AS gone
  WHERE d.project_id = $1 AND d.dataset_id = $2 AND d.item_id = gone.item_id`;

/** Adds what is left of the upload. An item that replaces one which has just ended takes over its position. */
const ADD_NEW = `WITH former AS MATERIALIZED (
    SELECT f.external_id, f.source_execution_id, f.position FROM dataset_items f
    WHERE f.project_id = $1 AND f.dataset_id = $2 AND f.removed_in = $4
  ), placed AS MATERIALIZED (
    SELECT s.part, s.ordinal, s.item_hash, s.external_id, s.source_execution_id, coalesce(by_id.position, by_source.position) AS former
    FROM dataset_upload_items s
    LEFT JOIN former by_id ON by_id.external_id = s.external_id
    LEFT JOIN (SELECT source_execution_id, min(position) AS position FROM former GROUP BY 1) AS by_source
      ON by_source.source_execution_id = s.source_execution_id
    WHERE ${STAGED}
  ), added AS (
    INSERT INTO dataset_items (project_id, dataset_id, position, item_hash, external_id, source_execution_id, added_in)
    SELECT $1, $2, coalesce(p.former,
        (SELECT d.next_position FROM datasets d WHERE d.project_id = $1 AND d.dataset_id = $2)
          + row_number() OVER (ORDER BY p.part, p.ordinal) - 1),
      p.item_hash, p.external_id, p.source_execution_id, $4
    FROM placed p
    ORDER BY p.part, p.ordinal
  )
  SELECT count(*)::integer AS placed, count(former)::integer AS changed FROM placed`;

/** Builds the JSON of the hash inside the database, which saves moving six megabytes for 100,000 hashes. */
const HOLD = `SELECT encode(sha256(convert_to(
      '["prompt-ledger/dataset/1",[' || coalesce(string_agg('"' || encode(c.item_hash, 'hex') || '"', ',' ORDER BY c.item_hash), '') || ']]',
      'UTF8')), 'hex') AS version,
    count(*)::integer AS "itemCount", coalesce(min(c.position), 0) AS first
  FROM dataset_items c WHERE ${CURRENT}`;

const ADD_VERSION = `INSERT INTO dataset_versions
    (project_id, dataset_id, version, revision, item_count, first_position, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (project_id, dataset_id, version) DO NOTHING`;

const MOVE = `UPDATE datasets SET revision = $3, version = $4, item_count = $5, next_position = next_position + $6, updated_at = now()
  WHERE project_id = $1 AND dataset_id = $2`;

/** Applies an upload to its dataset. */
@Injectable()
export class RevisionsRepository {
  /** @returns null if no dataset has this name. */
  async find(tx: EntityManager, projectId: string, name: string): Promise<LockedDataset | null> {
    return this.findBy(tx, FIND, projectId, name);
  }

  /** @returns null if no dataset has this name. */
  async share(tx: EntityManager, projectId: string, name: string): Promise<LockedDataset | null> {
    return this.findBy(tx, SHARE, projectId, name);
  }

  /** @returns null if no dataset has this name. */
  async lock(tx: EntityManager, projectId: string, name: string): Promise<LockedDataset | null> {
    return this.findBy(tx, LOCK, projectId, name);
  }

  /** Lists the first few ids that occur more than once in the parts of an upload. */
  async listTwice(tx: EntityManager, { projectId, datasetId, uploadId }: UploadKey): Promise<string[]> {
    const rows = await tx.query<{ externalId: string }[]>(FIND_TWICE, [projectId, datasetId, uploadId]);
    return rows.map(({ externalId }) => externalId);
  }

  /** Adds the items of an upload to the existing ones, in the next revision. */
  async append(tx: EntityManager, upload: UploadKey, revision: number): Promise<RevisionCounts> {
    const values = [upload.projectId, upload.datasetId, upload.uploadId, revision];
    await tx.query(WITHOUT_LOOPS);
    const { external_id: byId, source_execution_id: bySource } = await this.findColumns(tx, upload);
    if (byId) await tx.query(CHANGE_BY('external_id'), values);
    if (bySource) await tx.query(CHANGE_BY('source_execution_id'), values);
    const { placed, changed } = await this.addNew(tx, upload, revision);
    return { added: placed - changed, changed, removed: 0 };
  }

  /** Replaces the dataset's items with those of an upload, in the next revision. */
  async replace(tx: EntityManager, upload: UploadKey, revision: number): Promise<RevisionCounts> {
    const values = [upload.projectId, upload.datasetId, upload.uploadId, revision];
    await tx.query(WITHOUT_LOOPS);
    const [, ended] = await tx.query<[unknown[], number]>(REPLACE, values);
    const { placed, changed } = await this.addNew(tx, upload, revision);
    return { added: placed - changed, changed, removed: ended - changed };
  }

  /** Counts and hashes the items that the dataset holds, including the changes of this transaction. */
  async countHeld(
    tx: EntityManager,
    { projectId, datasetId }: Pick<UploadKey, 'projectId' | 'datasetId'>,
  ): Promise<HeldItems & { readonly first: string }> {
    const [row] = await tx.query<(HeldItems & { first: string })[]>(HOLD, [projectId, datasetId]);
    return row as HeldItems & { first: string };
  }

  /**
   * Stores the current content as a version, unless it is one already.
   * @param taken an upper limit on the positions that new items were given.
   */
  async move(
    tx: EntityManager,
    { projectId, datasetId }: Pick<UploadKey, 'projectId' | 'datasetId'>,
    revision: number,
    held: HeldItems & { readonly first: string },
    { createdBy, taken }: { readonly createdBy: string; readonly taken: number },
  ): Promise<void> {
    const { version, itemCount, first } = held;
    await tx.query(ADD_VERSION, [projectId, datasetId, version, revision, itemCount, first, createdBy]);
    await tx.query(MOVE, [projectId, datasetId, revision, version, itemCount, taken]);
  }

  /** Finds out which columns can match the upload's items with existing ones. */
  private async findColumns(
    tx: EntityManager,
    { projectId, datasetId, uploadId }: UploadKey,
  ): Promise<{ readonly external_id: boolean; readonly source_execution_id: boolean }> {
    const [row] = await tx.query<{ external_id: boolean; source_execution_id: boolean }[]>(FIND_COLUMNS, [
      projectId,
      datasetId,
      uploadId,
    ]);
    return row ?? { external_id: false, source_execution_id: false };
  }

  private async addNew(
    tx: EntityManager,
    { projectId, datasetId, uploadId }: UploadKey,
    revision: number,
  ): Promise<{ readonly placed: number; readonly changed: number }> {
    const values = [projectId, datasetId, uploadId, revision];
    const [row] = await tx.query<{ placed: number; changed: number }[]>(ADD_NEW, values);
    return row ?? { placed: 0, changed: 0 };
  }

  private async findBy(
    tx: EntityManager,
    statement: string,
    projectId: string,
    name: string,
  ): Promise<LockedDataset | null> {
    const [row] = await tx.query<LockedDataset[]>(statement, [projectId, name]);
    return row ?? null;
  }
}
