import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secureTable } from '../ledger/create-prompt-ledger/security.js';

/**
 * A dataset is a list of items that changes in steps, its revisions. An item belongs to every revision from the one that added it to the
 * one that removed it, so a version costs one row however many items it shares with the previous one: a thousand appends of a hundred items
 * write a hundred thousand rows, where a list for each version would have written fifty million.
 *
 * A version is the hash of what a revision holds. Content that recurs is the version that it was before, read through the first revision
 * that had it.
 */
const DATASETS = `
CREATE TABLE datasets (
  project_id uuid NOT NULL REFERENCES projects,
  dataset_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text NOT NULL,
  description text,
  variables_schema json,
  revision integer NOT NULL DEFAULT 0,
  version text,
  item_count integer NOT NULL DEFAULT 0,
  next_position bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (project_id, dataset_id)
);
CREATE UNIQUE INDEX datasets_name ON datasets (project_id, name) WHERE deleted_at IS NULL;

CREATE TABLE dataset_versions (
  project_id uuid NOT NULL,
  dataset_id uuid NOT NULL,
  version text NOT NULL,
  revision integer NOT NULL,
  item_count integer NOT NULL,
  first_position bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  PRIMARY KEY (project_id, dataset_id, version),
  FOREIGN KEY (project_id, dataset_id) REFERENCES datasets
);
CREATE UNIQUE INDEX dataset_versions_in_order ON dataset_versions (project_id, dataset_id, revision);
`;

/** The contents of items, stored once per hash. `content` is the JSON of the item as sent, which keeps the text of its numbers. */
const ITEMS = `
CREATE TABLE dataset_contents (
  project_id uuid NOT NULL,
  dataset_id uuid NOT NULL,
  item_hash bytea NOT NULL,
  content json NOT NULL,
  size_bytes integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, dataset_id, item_hash),
  FOREIGN KEY (project_id, dataset_id) REFERENCES datasets
);

CREATE TABLE dataset_items (
  project_id uuid NOT NULL,
  dataset_id uuid NOT NULL,
  item_id uuid NOT NULL DEFAULT ledger_uuid7(),
  position bigint NOT NULL,
  item_hash bytea NOT NULL,
  external_id text,
  source_execution_id uuid,
  added_in integer NOT NULL,
  removed_in integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, dataset_id, item_id),
  FOREIGN KEY (project_id, dataset_id, item_hash) REFERENCES dataset_contents
);
-- A page of a version.
CREATE INDEX dataset_items_in_order ON dataset_items (project_id, dataset_id, position, added_in);
-- The hash of a version, and which items a new list shares with it.
CREATE INDEX dataset_items_current ON dataset_items (project_id, dataset_id, item_hash) WHERE removed_in IS NULL;
-- Whether a content is in use.
CREATE INDEX dataset_items_by_hash ON dataset_items (project_id, dataset_id, item_hash);
-- Which item an append changes.
CREATE UNIQUE INDEX dataset_items_by_external_id ON dataset_items (project_id, dataset_id, external_id)
  WHERE removed_in IS NULL AND external_id IS NOT NULL;
-- Which item took the place of another.
CREATE INDEX dataset_items_removed ON dataset_items (project_id, dataset_id, removed_in) WHERE removed_in IS NOT NULL;
-- What was made of an execution.
CREATE INDEX dataset_items_by_source ON dataset_items (project_id, source_execution_id, dataset_id)
  WHERE source_execution_id IS NOT NULL;
`;

/** Received items that are not part of a revision yet: those of one request, or of an import in several parts. */
const UPLOADS = `
CREATE TABLE dataset_uploads (
  project_id uuid NOT NULL,
  dataset_id uuid NOT NULL,
  upload_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  result json,
  PRIMARY KEY (project_id, dataset_id, upload_id),
  FOREIGN KEY (project_id, dataset_id) REFERENCES datasets
);
CREATE INDEX dataset_uploads_by_age ON dataset_uploads (project_id, created_at);

CREATE TABLE dataset_upload_items (
  project_id uuid NOT NULL,
  dataset_id uuid NOT NULL,
  upload_id uuid NOT NULL,
  part integer NOT NULL,
  ordinal integer NOT NULL,
  item_hash bytea NOT NULL,
  external_id text,
  source_execution_id uuid,
  PRIMARY KEY (project_id, dataset_id, upload_id, part, ordinal),
  FOREIGN KEY (project_id, dataset_id, upload_id) REFERENCES dataset_uploads,
  FOREIGN KEY (project_id, dataset_id, item_hash) REFERENCES dataset_contents
);
CREATE INDEX dataset_upload_items_by_hash ON dataset_upload_items (project_id, dataset_id, item_hash);
`;

/** The application's rights to each table, children before parents. A version and its contents are only added to. */
const RIGHTS = {
  dataset_upload_items: 'SELECT, INSERT, DELETE',
  dataset_uploads: 'SELECT, INSERT, UPDATE (result), DELETE',
  dataset_items: 'SELECT, INSERT, UPDATE (removed_in)',
  dataset_contents: 'SELECT, INSERT, DELETE',
  dataset_versions: 'SELECT, INSERT',
  datasets:
    'SELECT, INSERT, UPDATE (description, variables_schema, revision, version, item_count, next_position, updated_at, deleted_at)',
} as const;

export const DATASET_TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

/** Lists of items for evaluating prompts, identified by the hash of their contents. */
export class StoreDatasets1796600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query([DATASETS, ITEMS, UPLOADS].join('\n'));
    await runner.query(DATASET_TABLES.map((table) => secureTable(table, RIGHTS[table])).join('\n'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DATASET_TABLES.map((table) => `DROP TABLE ${table};`).join('\n'));
  }
}
