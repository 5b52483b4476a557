import { SYSTEM_FUNCTIONS } from './functions.js';
import { TABLES } from './tables.js';

/** The application's role. It owns nothing and cannot bypass row-level security; connections start with it set. */
export const APP_ROLE = 'prompt_ledger_app';

/** These tell what happened; the application may add to them and read them, never change them. */
const APPEND_ONLY: readonly string[] = ['pointer_moves', 'audit_log'];
/** A version is immutable but for the git facts of its latest registration. */
const VERSION_COLUMNS = 'latest_registration';
/** Of these, and of no other table, rows come to an end. */
const DELETABLE: readonly string[] = ['idempotency_keys', 'outbox'];
const PARTITIONED = ['executions', 'execution_inputs', 'execution_outputs', 'execution_attempts'];

/**
 * Roles belong to the whole server, where other databases may use this one already, and two migrations may race.
 * The migrating role must be allowed to set it: a superuser is anyway, since 16 a creator has to grant it to itself.
 */
const CREATE_ROLE = `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${APP_ROLE}') THEN
    CREATE ROLE ${APP_ROLE} NOLOGIN NOBYPASSRLS;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$
BEGIN
  EXECUTE format('GRANT ${APP_ROLE} TO %I', current_user);
EXCEPTION WHEN insufficient_privilege THEN
  -- Who may not grant it has been given it by somebody else, or gets a clear error at the first use.
  IF NOT pg_has_role(current_user, '${APP_ROLE}', 'MEMBER') THEN RAISE; END IF;
END $$;
GRANT USAGE ON SCHEMA public TO ${APP_ROLE};
`;

/**
 * The setting is a uuid[] literal and is set for one transaction at a time; '' is what is left of it afterwards. The
 * sub-select makes it an init plan: read once a statement, not once a row.
 */
const PROJECTS_IN_SCOPE = `project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[])`;

function secure(table: string): string {
  return `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ${table} TO ${APP_ROLE} USING (${PROJECTS_IN_SCOPE}) WITH CHECK (${PROJECTS_IN_SCOPE});
CREATE POLICY system ON ${table} TO CURRENT_USER USING (current_setting('app.system', true) = 'on') WITH CHECK (current_setting('app.system', true) = 'on');
${grants(table)}`;
}

function grants(table: string): string {
  if (APPEND_ONLY.includes(table)) return `GRANT SELECT, INSERT ON ${table} TO ${APP_ROLE};`;
  if (table === 'prompt_versions') {
    return `GRANT SELECT, INSERT, UPDATE (${VERSION_COLUMNS}) ON ${table} TO ${APP_ROLE};`;
  }
  const rights = DELETABLE.includes(table) ? 'SELECT, INSERT, UPDATE, DELETE' : 'SELECT, INSERT, UPDATE';
  return `GRANT ${rights} ON ${table} TO ${APP_ROLE};`;
}

const DEFAULT_PARTITIONS = PARTITIONED.map(
  (table) => `
CREATE TABLE ${table}_default PARTITION OF ${table} DEFAULT;
ALTER TABLE ${table}_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`,
).join('');

const FUNCTION_GRANTS = SYSTEM_FUNCTIONS.map(
  (signature) => `
REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ${signature} TO ${APP_ROLE};`,
).join('');

export const CREATE_SECURITY = [CREATE_ROLE, ...TABLES.map(secure), DEFAULT_PARTITIONS, FUNCTION_GRANTS].join(
  '\n',
);

/** The role stays when another database of the server still uses it. */
export const DROP_SECURITY = `
DO $$
BEGIN
  DROP OWNED BY ${APP_ROLE};
  DROP ROLE ${APP_ROLE};
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege OR undefined_object THEN NULL;
END $$;
`;
