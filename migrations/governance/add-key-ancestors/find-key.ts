import { CREATE_SYSTEM_FUNCTIONS } from '../../ledger/create-prompt-ledger/system-functions.js';
import { selectAncestors } from './key-line.js';

export const CREATE_FIND_KEY_WITH_ANCESTORS = `
CREATE FUNCTION ledger_find_key(wanted uuid)
RETURNS TABLE (project_id uuid, key_id uuid, name text, secret_hmac bytea, scopes text[], expires_at timestamptz,
  revoked_at timestamptz, checked_at timestamptz, requests_per_minute integer, tokens_per_minute integer, ancestors json)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT set_config('app.system', 'on', true);
  SELECT k.project_id, k.key_id, k.name, k.secret_hmac, k.scopes, k.expires_at, k.revoked_at, now(),
    k.requests_per_minute, k.tokens_per_minute, ${selectAncestors('k')}
  FROM public.api_keys k JOIN public.projects p USING (project_id)
  WHERE k.key_id = wanted AND p.archived_at IS NULL
$$;
`;

/** Restores the function of the first migration. */
export const CREATE_FIND_KEY =
  /CREATE FUNCTION ledger_find_key[\s\S]*?\n\$\$;/.exec(CREATE_SYSTEM_FUNCTIONS)?.[0] ?? '';
