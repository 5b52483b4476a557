import { selectAncestors } from '../add-key-ancestors/key-line.js';

/**
 * Selects everything that decides what a key may do now: the key, its owner, and the owner's roles in the project. It is one read, so
 * a lost role or a disabled user takes effect as soon as a revocation does.
 */
export const CREATE_FIND_KEY_WITH_OWNER = `
CREATE FUNCTION ledger_find_key(wanted uuid)
RETURNS TABLE (project_id uuid, key_id uuid, name text, secret_hmac bytea, scopes text[], expires_at timestamptz,
  revoked_at timestamptz, checked_at timestamptz, requests_per_minute integer, tokens_per_minute integer, ancestors json,
  project_name text, role text, previous_secret_hmac bytea, user_id uuid, user_kind text, user_name text, user_disabled boolean,
  member_role text, team_roles json)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT set_config('app.system', 'on', true);
  SELECT k.project_id, k.key_id, k.name, k.secret_hmac, k.scopes, k.expires_at, k.revoked_at, now(),
    k.requests_per_minute, k.tokens_per_minute, ${selectAncestors('k')},
    p.name, k.role, CASE WHEN k.previous_until > now() THEN k.previous_secret_hmac END,
    k.user_id, u.kind, u.name, u.disabled_at IS NOT NULL, m.role,
    CASE WHEN k.user_id IS NOT NULL THEN (
      SELECT json_object_agg(t.name, t.role)
      FROM public.team_members s JOIN public.teams t ON t.project_id = s.project_id AND t.name = s.team
      WHERE s.project_id = k.project_id AND s.user_id = k.user_id) END
  FROM public.api_keys k
  JOIN public.projects p ON p.project_id = k.project_id
  LEFT JOIN public.users u ON u.user_id = k.user_id
  LEFT JOIN public.members m ON m.project_id = k.project_id AND m.user_id = k.user_id
  WHERE k.key_id = wanted AND p.archived_at IS NULL
$$;
`;
