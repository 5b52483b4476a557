/**
 * A browser's session. Neither the token of its cookie nor anything from which it could be derived is stored: `token_hmac` finds the row. A
 * session belongs to the instance, because a person works in several projects.
 *
 * `credential_hmac` is the HMAC of the key's secret that opened the session, so that the session ends with the secret. `sign_in_hash` is
 * unique because one answer of an identity provider opens only one session.
 */
const SESSIONS = `
CREATE TABLE sessions (
  session_id uuid PRIMARY KEY DEFAULT ledger_uuid7(),
  kind text NOT NULL CHECK (kind IN ('person', 'key', 'instance')),
  token_hmac bytea NOT NULL,
  user_id uuid REFERENCES users,
  key_id uuid,
  credential_hmac bytea,
  sign_in_hash bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT sessions_token UNIQUE (token_hmac),
  CONSTRAINT sessions_sign_in UNIQUE (sign_in_hash),
  CONSTRAINT sessions_subject CHECK (CASE kind WHEN 'person' THEN user_id IS NOT NULL AND key_id IS NULL AND credential_hmac IS NULL
    WHEN 'key' THEN key_id IS NOT NULL AND credential_hmac IS NOT NULL ELSE credential_hmac IS NOT NULL END)
);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id) WHERE user_id IS NOT NULL;
`;

const IS_INSTANCE = `current_setting('app.instance', true) = 'on'`;
const IS_SYSTEM = `current_setting('app.system', true) = 'on'`;

const SECURITY = `
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY instance ON sessions TO prompt_ledger_app USING (${IS_INSTANCE}) WITH CHECK (${IS_INSTANCE});
CREATE POLICY system ON sessions TO CURRENT_USER USING (${IS_SYSTEM}) WITH CHECK (${IS_SYSTEM});
GRANT SELECT, INSERT, UPDATE (ended_at), DELETE ON sessions TO prompt_ledger_app;
`;

export const FIND_SESSION_FUNCTION = 'ledger_find_session(bytea)';

/** Whether a session has neither ended nor expired nor been idle for too long, by the database's clock. */
const IS_OPEN = `s.token_hmac = wanted AND s.ended_at IS NULL AND s.expires_at > now() AND s.last_used_at > now() - interval '12 hours'`;

/**
 * Selects everything that decides what a session may do now, in one read, so the next request notices a lost role or a disabled user.
 * The use is recorded at most once a minute.
 */
const FIND_SESSION = `
CREATE FUNCTION ledger_find_session(wanted bytea)
RETURNS TABLE (session_id uuid, kind text, key_id uuid, credential_hmac bytea, user_id uuid, user_name text, email text,
  user_disabled boolean, memberships json)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT set_config('app.system', 'on', true);
  UPDATE public.sessions s SET last_used_at = now() WHERE ${IS_OPEN} AND s.last_used_at < now() - interval '1 minute';
  SELECT s.session_id, s.kind, s.key_id, s.credential_hmac, s.user_id, u.name, u.email, u.disabled_at IS NOT NULL,
    (SELECT json_agg(json_build_object('project_id', p.project_id, 'name', p.name, 'role', m.role, 'team_roles',
       (SELECT json_object_agg(t.name, t.role)
        FROM public.team_members i JOIN public.teams t ON t.project_id = i.project_id AND t.name = i.team
        WHERE i.project_id = m.project_id AND i.user_id = m.user_id)) ORDER BY p.name)
     FROM public.members m JOIN public.projects p ON p.project_id = m.project_id
     WHERE m.user_id = s.user_id AND s.kind = 'person' AND p.archived_at IS NULL)
  FROM public.sessions s LEFT JOIN public.users u ON u.user_id = s.user_id
  WHERE ${IS_OPEN}
$$;
`;

export const CREATE_SESSIONS = [SESSIONS, SECURITY, FIND_SESSION].join('\n');

export const DROP_SESSIONS = `
DROP FUNCTION ${FIND_SESSION_FUNCTION};
DROP TABLE sessions;
`;
