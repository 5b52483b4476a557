import { secureTable } from '../../ledger/create-prompt-ledger/security.js';

/**
 * A project's own key for a provider, sealed. `sealed_key` is encrypted by a key of its own, and that one, `wrapped_key`, by the key
 * of the environment whose id is `wrapped_by`. Both are bound to project, provider and `origin`: none can be moved to another
 * row, nor the key be sent to another host, by whoever can write to this table. `revision` changes with each put.
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

/** Says which projects have secrets, and whether any has changed; nothing of what stands in them. */
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
