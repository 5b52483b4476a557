import type { MigrationInterface, QueryRunner } from 'typeorm';
import { secureTable } from '../ledger/create-prompt-ledger/security.js';

const SNIPPETS = `
CREATE TABLE snippets (
  project_id uuid NOT NULL REFERENCES projects,
  snippet_id uuid NOT NULL DEFAULT ledger_uuid7(),
  name text COLLATE "C" NOT NULL,
  description text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (project_id, snippet_id)
);
CREATE UNIQUE INDEX snippets_live_name ON snippets (project_id, name) WHERE deleted_at IS NULL;

CREATE TABLE snippet_versions (
  project_id uuid NOT NULL,
  version_id uuid NOT NULL DEFAULT ledger_uuid7(),
  snippet_id uuid NOT NULL,
  version_number integer NOT NULL CHECK (version_number > 0),
  template_source text NOT NULL,
  checksum_hash text NOT NULL CHECK (checksum_hash ~ '^[0-9a-f]{64}$'),
  renderer text NOT NULL,
  variables text[] NOT NULL,
  created_by text,
  commit_message text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, version_id),
  FOREIGN KEY (project_id, snippet_id) REFERENCES snippets,
  CONSTRAINT snippet_versions_number UNIQUE (project_id, snippet_id, version_number),
  CONSTRAINT snippet_versions_checksum UNIQUE (project_id, snippet_id, checksum_hash)
);
`;

/**
 * Records which version of a prompt or snippet uses which version of a snippet, directly or through another one. The user has no
 * foreign key, because it is in one of two tables.
 */
const PINS = `
CREATE TABLE snippet_pins (
  project_id uuid NOT NULL,
  snippet_version_id uuid NOT NULL,
  used_by_version_id uuid NOT NULL,
  by_snippet boolean NOT NULL,
  is_direct boolean NOT NULL,
  PRIMARY KEY (project_id, snippet_version_id, used_by_version_id),
  FOREIGN KEY (project_id, snippet_version_id) REFERENCES snippet_versions
);
CREATE INDEX snippet_pins_user ON snippet_pins (project_id, used_by_version_id);
`;

/** The application's rights. Versions and what they use never change. */
const RIGHTS = {
  snippet_pins: 'SELECT, INSERT',
  snippet_versions: 'SELECT, INSERT',
  snippets: 'SELECT, INSERT, UPDATE (description, updated_at, deleted_at)',
} as const;

export const SNIPPET_TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

/** Adds texts that several prompts share, with versions of their own. */
export class AddSnippets1796400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SNIPPETS);
    await runner.query(PINS);
    for (const table of SNIPPET_TABLES) await runner.query(secureTable(table, RIGHTS[table]));
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of SNIPPET_TABLES) await runner.query(`DROP TABLE ${table}`);
  }
}
