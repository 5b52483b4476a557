const HEAD = 'SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp';
const AS_SYSTEM = `SELECT set_config('app.system', 'on', true);`;

/** Beside `ledger_find_key`, whose row type is what processes of the release before read. */
const FIND_KEY = `
CREATE FUNCTION ledger_find_key_with_limits(wanted uuid)
RETURNS TABLE (project_id uuid, key_id uuid, name text, secret_hmac bytea, scopes text[], expires_at timestamptz,
  revoked_at timestamptz, checked_at timestamptz, requests_per_minute integer, tokens_per_minute integer)
LANGUAGE sql VOLATILE ${HEAD}
AS $$
  ${AS_SYSTEM}
  SELECT k.project_id, k.key_id, k.name, k.secret_hmac, k.scopes, k.expires_at, k.revoked_at, now(),
    k.requests_per_minute, k.tokens_per_minute
  FROM public.api_keys k JOIN public.projects p USING (project_id)
  WHERE k.key_id = wanted AND p.archived_at IS NULL
$$;
`;

/** Signatures, as `regprocedure` prints them. Further doors through row-level security beside those of earlier migrations. */
export const SYSTEM_FUNCTIONS = ['ledger_find_key_with_limits(uuid)'] as const;

const GRANTS = SYSTEM_FUNCTIONS.map(
  (signature) => `
REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ${signature} TO prompt_ledger_app;`,
).join('');

export const ADD_FUNCTIONS = [FIND_KEY, GRANTS].join('\n');

export const DROP_FUNCTIONS = SYSTEM_FUNCTIONS.map((signature) => `DROP FUNCTION ${signature};`).join('\n');
