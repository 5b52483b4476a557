/**
 * A key makes other keys, and those make further ones. All descendants of a key use up its limits, because otherwise a second key
 * would be a cheap way around them.
 */
/** The key that made this one, the key that made that one, and so on. Empty for a key that an admin made. */
export const ADD_ANCESTORS = `ALTER TABLE api_keys ADD COLUMN ancestors uuid[] NOT NULL DEFAULT '{}';`;

export const DROP_ANCESTORS = 'ALTER TABLE api_keys DROP COLUMN ancestors;';

/** The ids of a key and its ancestors, as budgets name them. */
export const CREATE_KEY_LINE = `
CREATE FUNCTION ledger_key_line(project uuid, key text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT ARRAY[key] || (
    SELECT k.ancestors::text[] FROM public.api_keys k
    WHERE k.project_id = project AND k.key_id = CASE WHEN key ~ '^[0-9a-f-]{36}$' THEN key::uuid END)
$$;
`;

export const KEY_LINE_FUNCTION = 'ledger_key_line(uuid,text)';

/**
 * Builds the ancestors of a key as JSON, each with its limits; null for a key without ancestors.
 * @param key a row of api_keys.
 */
export const selectAncestors = (key: string) => `CASE WHEN ${key}.ancestors <> '{}' THEN (
      SELECT json_agg(json_build_object('key_id', a.key_id, 'requests_per_minute', a.requests_per_minute, 'tokens_per_minute', a.tokens_per_minute))
      FROM public.api_keys a WHERE a.project_id = ${key}.project_id AND a.key_id = ANY (${key}.ancestors)) END`;
