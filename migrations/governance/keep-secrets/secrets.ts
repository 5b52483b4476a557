import { secureTable } from '../../ledger/create-prompt-ledger/security.js';

/**
 * A project's own key for a provider, sealed. `sealed_key` is encrypted by its own data key, `wrapped_key`, which the key of the
 * environment with the id `wrapped_by` encrypts. Both are bound to project, provider and `origin`, so that write access to this table is
 * not enough to move a key to another row or send it to another host. `revision` changes with each put.
 */
const SECRETS = `
CREATE TABLE project_secrets (
  project_id uuid NOT NULL REFERENCES projects,
  provider text COLLATE "C" NOT NULL,
  origin text NOT NULL,
  base_url text,
  sealed_key bytea NOT NULL,
  wrapped_key bytea NOT NULL,
  wrapped_by text NOT NULL,
  fingerprint text NOT NULL,
  revision uuid NOT NULL DEFAULT ledger_uuid7(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project_id, provider)
);
`;

export const SECRET_REVISIONS_FUNCTION = 'ledger_secret_revisions()';

/** Says which projects have secrets, and whether any has changed, but nothing of their contents. */
const SECRET_REVISIONS = `
CREATE FUNCTION ${SECRET_REVISIONS_FUNCTION}
RETURNS TABLE (project_id uuid, revisions text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT set_config('app.system', 'on', true);
  SELECT s.project_id, string_agg(s.provider || ':' || s.revision, ',' ORDER BY s.provider)
  FROM public.project_secrets s GROUP BY s.project_id
$$;
`;

export const CREATE_SECRETS = [
  SECRETS,
  secureTable('project_secrets', 'SELECT, INSERT, UPDATE, DELETE'),
  SECRET_REVISIONS,
].join('\n');

export const DROP_SECRETS = `
DROP FUNCTION ${SECRET_REVISIONS_FUNCTION};
DROP TABLE project_secrets;
`;
