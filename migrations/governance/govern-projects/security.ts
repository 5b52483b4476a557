import { secureTable } from '../../ledger/create-prompt-ledger/security.js';

/** The application's rights to each table of a project. Approvals and approved versions are only added to. */
const RIGHTS = {
  change_reviews: 'SELECT, INSERT',
  changes: 'SELECT, INSERT, UPDATE',
  approved_versions: 'SELECT, INSERT',
  environments: 'SELECT, INSERT, UPDATE',
  team_members: 'SELECT, INSERT, DELETE',
  teams: 'SELECT, INSERT, UPDATE, DELETE',
  members: 'SELECT, INSERT, UPDATE, DELETE',
} as const;

export const GOVERNED_TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

const IS_INSTANCE = `current_setting('app.instance', true) = 'on'`;
const IS_SYSTEM = `current_setting('app.system', true) = 'on'`;

/**
 * Users belong to no project: code that works in a project sees its members. `TenantScope.instance` sets `app.instance` for one
 * transaction, for what concerns the whole instance: its projects and its people.
 */
const USERS = `
ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY member ON users FOR SELECT TO prompt_ledger_app
  USING (EXISTS (SELECT FROM members m WHERE m.user_id = users.user_id));
CREATE POLICY instance ON users TO prompt_ledger_app USING (${IS_INSTANCE}) WITH CHECK (${IS_INSTANCE});
CREATE POLICY system ON users TO CURRENT_USER USING (${IS_SYSTEM}) WITH CHECK (${IS_SYSTEM});
GRANT SELECT, INSERT, UPDATE (name, email, issuer, subject, disabled_at) ON users TO prompt_ledger_app;
`;

const PROJECTS = `
CREATE POLICY instance ON projects TO prompt_ledger_app USING (${IS_INSTANCE}) WITH CHECK (${IS_INSTANCE});
CREATE POLICY instance ON members FOR SELECT TO prompt_ledger_app USING (${IS_INSTANCE});
`;

export const SECURE_GOVERNANCE = [
  ...GOVERNED_TABLES.map((table) => secureTable(table, RIGHTS[table])),
  USERS,
  PROJECTS,
].join('\n');

/** Drops the policies that would block the drop of a table, or that are on a table that stays. */
export const UNSECURE_GOVERNANCE = `DROP POLICY member ON users; DROP POLICY instance ON projects;`;
