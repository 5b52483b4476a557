import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A dataset as the API shows it. */
export interface DatasetRow {
  readonly datasetId: string;
  readonly name: string;
  readonly description: string | null;
  /** The JSON of the schema as it was sent; null without one. */
  readonly variablesSchemaJson: string | null;
  /** Null before the first items. */
  readonly version: string | null;
  readonly itemCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type DatasetFacts = Pick<DatasetRow, 'description' | 'variablesSchemaJson'>;

export interface VersionRow {
  readonly version: string;
  readonly revision: number;
  readonly itemCount: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Whether this is the current content of the dataset. */
  readonly isCurrent: boolean;
}

const COLUMNS = `dataset_id AS "datasetId", name, description, variables_schema::text AS "variablesSchemaJson", version,
    item_count AS "itemCount", created_at AS "createdAt", updated_at AS "updatedAt"`;

const FIND = `SELECT ${COLUMNS} FROM datasets WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL`;
const LOCK = `${FIND} FOR NO KEY UPDATE`;
const LIST = `SELECT ${COLUMNS} FROM datasets WHERE project_id = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR name > $2)
  ORDER BY name LIMIT $3`;
const ADD = `INSERT INTO datasets (project_id, name, description, variables_schema) VALUES ($1, $2, $3, $4)
  ON CONFLICT (project_id, name) WHERE deleted_at IS NULL DO NOTHING RETURNING ${COLUMNS}`;
const CHANGE = `UPDATE datasets SET description = $3, variables_schema = $4, updated_at = now()
  WHERE project_id = $1 AND dataset_id = $2`;
const DELETE = `UPDATE datasets SET deleted_at = now() WHERE project_id = $1 AND dataset_id = $2`;
const LIST_VERSIONS = `SELECT v.version, v.revision, v.item_count AS "itemCount", v.created_at AS "createdAt",
    v.created_by AS "createdBy", v.version = d.version AS "isCurrent"
  FROM datasets d
  CROSS JOIN LATERAL (SELECT * FROM dataset_versions v
    WHERE v.project_id = $1 AND v.dataset_id = d.dataset_id AND ($3::integer IS NULL OR v.revision < $3)
    ORDER BY v.revision DESC LIMIT $4) AS v
  WHERE d.project_id = $1 AND d.dataset_id = $2
  ORDER BY v.revision DESC`;

/** Stores datasets, without their items. */
@Injectable()
export class DatasetsRepository {
  async find(tx: EntityManager, projectId: string, name: string): Promise<DatasetRow | null> {
    const [row] = await tx.query<DatasetRow[]>(FIND, [projectId, name]);
    return row ?? null;
  }

  /** Finds and locks a dataset that is about to change. */
  async lock(tx: EntityManager, projectId: string, name: string): Promise<DatasetRow | null> {
    const [row] = await tx.query<DatasetRow[]>(LOCK, [projectId, name]);
    return row ?? null;
  }

  /** Lists by name. @param after only names after this one; null for all. */
  async list(
    tx: EntityManager,
    projectId: string,
    after: string | null,
    limit: number,
  ): Promise<DatasetRow[]> {
    return tx.query<DatasetRow[]>(LIST, [projectId, after, limit]);
  }

  /** @returns null when another request has created a dataset with this name in the meantime. */
  async add(
    tx: EntityManager,
    projectId: string,
    name: string,
    { description, variablesSchemaJson }: DatasetFacts,
  ): Promise<DatasetRow | null> {
    const [row] = await tx.query<DatasetRow[]>(ADD, [projectId, name, description, variablesSchemaJson]);
    return row ?? null;
  }

  async change(
    tx: EntityManager,
    projectId: string,
    datasetId: string,
    { description, variablesSchemaJson }: DatasetFacts,
  ): Promise<void> {
    await tx.query(CHANGE, [projectId, datasetId, description, variablesSchemaJson]);
  }

  /** Keeps the versions, for whatever is pinned to them. */
  async delete(tx: EntityManager, projectId: string, datasetId: string): Promise<void> {
    await tx.query(DELETE, [projectId, datasetId]);
  }

  /** Lists versions, newest first. @param before only earlier revisions than this; null for all. */
  async listVersions(
    tx: EntityManager,
    projectId: string,
    datasetId: string,
    before: number | null,
    limit: number,
  ): Promise<VersionRow[]> {
    return tx.query<VersionRow[]>(LIST_VERSIONS, [projectId, datasetId, before, limit]);
  }
}
