import { BEGIN_FUNCTIONS } from './executions/begin.js';
import { CALL_FUNCTIONS } from './executions/call.js';
import { CLAIM_SYSTEM_FUNCTIONS } from './executions/claim.js';
import { END_UNCALLED_FUNCTIONS } from './executions/end-uncalled.js';
import { END_FUNCTIONS } from './executions/end.js';
import { PARTITIONED } from './executions/executions.js';
import { HOLD_FUNCTIONS } from './budgets/hold-budgets.js';
import { LATE_FUNCTIONS } from './executions/late.js';
import { RECORD_FUNCTIONS } from './executions/record.js';
import { SETTLE_FUNCTIONS, SETTLE_SYSTEM_FUNCTIONS } from './budgets/settle-budgets.js';
import { grantExecute } from './statements.js';
import { SWEEP_FUNCTIONS, SWEEP_SYSTEM_FUNCTIONS } from './executions/sweep.js';
import { LOOKUP_SYSTEM_FUNCTIONS } from './system-functions.js';
import { TELL_FUNCTIONS } from './budgets/tell-thresholds.js';
import { UPKEEP_SYSTEM_FUNCTIONS } from './upkeep.js';
import { WEBHOOK_SYSTEM_FUNCTIONS } from './webhook-functions.js';

/** The application's role. It owns nothing and cannot bypass row-level security; connections start with it set. */
const APP_ROLE = 'prompt_ledger_app';

/**
 * The application's rights to each table, children before parents so that a plain DROP works. The tables that record history may
 * be added to and read, never changed: pointer moves, the audit log, attempts, payloads, and every execution that is over. A
 * version is immutable except for the git facts of its latest registration, and a price except for its end, its source and its place in
 * the list. A hold ends by being deleted, so a transaction that does not find it has nothing to settle.
 */
const RIGHTS = {
  response_cache: 'SELECT, INSERT, UPDATE, DELETE',
  budget_holds: 'SELECT, INSERT, UPDATE, DELETE',
  budget_periods: 'SELECT, INSERT, UPDATE',
  budgets: 'SELECT, INSERT, UPDATE',
  webhook_deliveries: 'SELECT, INSERT',
  webhook_secrets: 'SELECT, INSERT, UPDATE (expires_at)',
  audit_log: 'SELECT, INSERT',
  outbox: 'SELECT, INSERT, UPDATE, DELETE',
  execution_rollups: 'SELECT',
  execution_deltas: 'SELECT, INSERT',
  idempotency_keys: 'SELECT, INSERT, UPDATE, DELETE',
  batches: 'SELECT, INSERT, UPDATE',
  execution_attempts: 'SELECT, INSERT',
  execution_outputs: 'SELECT, INSERT',
  execution_inputs: 'SELECT, INSERT',
  executions: 'SELECT, INSERT',
  executions_in_flight: 'SELECT, INSERT, UPDATE, DELETE',
  model_routes: 'SELECT, INSERT, UPDATE (strategy, targets, description, updated_at, deleted_at)',
  model_prices: 'SELECT, INSERT, UPDATE (valid_to, source, deleted_at)',
  models: 'SELECT, INSERT, UPDATE',
  pointer_moves: 'SELECT, INSERT',
  prompt_pointers: 'SELECT, INSERT, UPDATE',
  prompt_versions: 'SELECT, INSERT, UPDATE (latest_registration)',
  prompts: 'SELECT, INSERT, UPDATE',
  api_keys: 'SELECT, INSERT, UPDATE',
  projects: 'SELECT, INSERT, UPDATE',
} as const;

export const TABLES = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[];

/** Views show what their reader may see of the tables. */
const VIEWS = ['executions_all', 'execution_attempts_all'];

/**
 * Roles belong to the whole server, where other databases may already use this one, and two migrations may race. The migrating
 * role must be allowed to set it. A superuser always is; since 16 any other creator has to grant it to itself.
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
 * The setting is a uuid[] literal that is set for one transaction at a time, and '' afterwards. The sub-select
 * makes it an init plan, which is read once per statement instead of once per row.
 */
const PROJECTS_IN_SCOPE = `project_id = ANY ((SELECT nullif(current_setting('app.project_ids', true), '')::uuid[])::uuid[])`;
const IS_SYSTEM = `current_setting('app.system', true) = 'on'`;

/** Forces row-level security on a table that has a `project_id`, and grants the application what it may do there. */
export const secureTable = (table: string, rights: string) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ${table} TO ${APP_ROLE} USING (${PROJECTS_IN_SCOPE}) WITH CHECK (${PROJECTS_IN_SCOPE});
CREATE POLICY system ON ${table} TO CURRENT_USER USING (${IS_SYSTEM}) WITH CHECK (${IS_SYSTEM});
GRANT ${rights} ON ${table} TO ${APP_ROLE};`;

/** Partitions have no policy of their own, so they are reachable only through their parents. */
const DEFAULT_PARTITIONS = PARTITIONED.map(
  (table) => `
CREATE TABLE ${table}_default PARTITION OF ${table} DEFAULT;
ALTER TABLE ${table}_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`,
).join('');

/** Functions that look across projects, by signature as `regprocedure` prints it. */
export const SYSTEM_FUNCTIONS = [
  ...LOOKUP_SYSTEM_FUNCTIONS,
  ...CLAIM_SYSTEM_FUNCTIONS,
  ...SWEEP_SYSTEM_FUNCTIONS,
  ...UPKEEP_SYSTEM_FUNCTIONS,
  ...SETTLE_SYSTEM_FUNCTIONS,
  ...WEBHOOK_SYSTEM_FUNCTIONS,
  'ledger_fold_executions(integer)',
] as const;

/** These work in the projects of their caller. */
const TENANT_FUNCTIONS = [
  ...BEGIN_FUNCTIONS,
  ...CALL_FUNCTIONS,
  ...END_FUNCTIONS,
  ...LATE_FUNCTIONS,
  ...END_UNCALLED_FUNCTIONS,
  ...SWEEP_FUNCTIONS,
  ...HOLD_FUNCTIONS,
  ...SETTLE_FUNCTIONS,
  ...TELL_FUNCTIONS,
  ...RECORD_FUNCTIONS,
  'ledger_wire_time(timestamp with time zone)',
];

export const CREATE_SECURITY = [
  CREATE_ROLE,
  ...TABLES.map((table) => secureTable(table, RIGHTS[table])),
  ...VIEWS.map((view) => `GRANT SELECT ON ${view} TO ${APP_ROLE};`),
  DEFAULT_PARTITIONS,
  grantExecute([...SYSTEM_FUNCTIONS, ...TENANT_FUNCTIONS]),
].join('\n');

/** The role stays when another database of the server still uses it. */
export const DROP_ALL = [
  'DROP TRIGGER budget_periods_tell ON budget_periods;',
  'DROP FUNCTION ledger_tell_threshold();',
  ...VIEWS.map((view) => `DROP VIEW ${view};`),
  ...[...SYSTEM_FUNCTIONS, ...TENANT_FUNCTIONS].map((signature) => `DROP FUNCTION ${signature};`),
  ...TABLES.map((table) => `DROP TABLE ${table};`),
].join('\n');

export const DROP_ROLE = `
DO $$
BEGIN
  DROP OWNED BY ${APP_ROLE};
  DROP ROLE ${APP_ROLE};
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege OR undefined_object THEN NULL;
END $$;
`;
