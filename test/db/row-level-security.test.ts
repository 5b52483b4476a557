import { Client } from 'pg';
import { SYSTEM_FUNCTIONS as FIRST } from '../../migrations/create-ledger/functions.js';
import { SYSTEM_FUNCTIONS as DURABLE } from '../../migrations/make-executions-durable/functions.js';
import { SYSTEM_FUNCTIONS as COUNTS } from '../../migrations/count-executions/functions.js';
import { SYSTEM_FUNCTIONS as WEBHOOKS } from '../../migrations/deliver-webhooks/functions.js';
import { TABLES as COUNT_TABLES } from '../../migrations/count-executions/tables.js';
import { SYSTEM_FUNCTIONS as LIMITS } from '../../migrations/limit-keys/functions.js';
import { SYSTEM_FUNCTIONS as BUDGETS } from '../../migrations/create-budgets/functions.js';
import { TABLES as BUDGET_TABLES } from '../../migrations/create-budgets/tables.js';
import { SYSTEM_FUNCTIONS as COSTS } from '../../migrations/cost-executions/functions.js';
import { TABLES as COST_TABLES } from '../../migrations/cost-executions/tables.js';
import { TABLES as FIRST_TABLES } from '../../migrations/create-ledger/tables.js';
import { TABLES as PRICE_TABLES } from '../../migrations/price-models/tables.js';
import { TABLES as ROUTE_TABLES } from '../../migrations/route-models/tables.js';
import { TABLES as WEBHOOK_TABLES } from '../../migrations/deliver-webhooks/tables.js';
import { type LedgerContext, openLedgerContext } from '../support/ledger-context.js';
import { insertOneOfEach } from '../support/ledger-rows.js';

const TABLES = [
  ...FIRST_TABLES,
  ...WEBHOOK_TABLES,
  ...COUNT_TABLES,
  ...PRICE_TABLES,
  ...BUDGET_TABLES,
  ...COST_TABLES,
  ...ROUTE_TABLES,
];

describe('row-level security', () => {
  let context: LedgerContext;
  let app: Client;

  beforeAll(async () => {
    context = await openLedgerContext();
    await insertOneOfEach(context.owner, context.projectId);
    app = new Client({ connectionString: context.url, options: '-c role=prompt_ledger_app' });
    await app.connect();
  });

  afterAll(async () => {
    await app.end();
    await context.close();
  });

  async function countAs(projects: string, table: string): Promise<number> {
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.project_ids', $1, true)`, [projects]);
    const { rows } = await app.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
    await app.query('COMMIT');
    return (rows[0] as { count: number }).count;
  }

  it('is on, and forced, for every table and partition', async () => {
    const { rows } = await context.owner.query<{ relname: string }>(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
         AND NOT (relrowsecurity AND relforcerowsecurity)`,
    );
    expect(rows).toEqual([{ relname: 'migrations' }]);
  });

  it.each(TABLES)('shows the application no row of %s without a project', async (table) => {
    expect((await app.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
    expect(await countAs('', table)).toBe(0);
  });

  it.each(TABLES)('shows the application its own row of %s and none of another project', async (table) => {
    expect(await countAs(`{${context.projectId}}`, table)).toBe(1);
    expect(await countAs(`{${context.otherProjectId}}`, table)).toBe(table === 'projects' ? 1 : 0);
  });

  it.each(['executions_all', 'execution_attempts_all'])(
    'holds for the view %s too, which shows what the tables would',
    async (view) => {
      expect((await app.query(`SELECT FROM ${view}`)).rowCount).toBe(0);
      expect(await countAs(`{${context.projectId}}`, view)).toBe(1);
      expect(await countAs(`{${context.otherProjectId}}`, view)).toBe(0);
    },
  );

  it('shows both projects to a batch that works for both', async () => {
    expect(await countAs(`{${context.projectId},${context.otherProjectId}}`, 'projects')).toBe(2);
  });

  it('lets go of the project when the transaction ends', async () => {
    expect(await countAs(`{${context.projectId}}`, 'prompts')).toBe(1);
    expect((await app.query('SELECT FROM prompts')).rowCount).toBe(0);
  });

  it('refuses a row of another project', async () => {
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.project_ids', $1, true)`, [`{${context.projectId}}`]);
    const insert = app.query(
      `INSERT INTO models (project_id, provider, model_name) VALUES ($1, 'echo', 'smuggled')`,
      [context.otherProjectId],
    );
    await expect(insert).rejects.toThrow('row-level security');
    await app.query('ROLLBACK');
  });

  it("does not open the owner's policy to the application", async () => {
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.system', 'on', true)`);
    expect((await app.query('SELECT FROM prompts')).rowCount).toBe(0);
    await app.query('ROLLBACK');
  });

  it.each([
    ['pointer_moves', 'UPDATE pointer_moves SET reason = NULL'],
    ['pointer_moves', 'DELETE FROM pointer_moves'],
    ['audit_log', 'UPDATE audit_log SET actor = NULL'],
    ['audit_log', 'DELETE FROM audit_log'],
    ['audit_log', 'TRUNCATE audit_log'],
    ['prompt_versions', `UPDATE prompt_versions SET template_source = 'changed'`],
    ['prompt_versions', 'DELETE FROM prompt_versions'],
    ['executions', 'DELETE FROM executions'],
    ['prompts', 'DELETE FROM prompts'],
    ['executions_default', 'SELECT FROM executions_default'],
    ['executions_all', 'UPDATE executions_all SET fence = 0'],
    ['executions_all', 'DELETE FROM executions_all'],
    ['execution_attempts_all', 'UPDATE execution_attempts_all SET fence = 0'],
    ['execution_attempts_all', 'DELETE FROM execution_attempts_all'],
    ['migrations', 'SELECT FROM migrations'],
    ['webhook_deliveries', 'UPDATE webhook_deliveries SET error = NULL'],
    ['webhook_secrets', `UPDATE webhook_secrets SET salt = ''`],
    ['webhook_secrets', 'DELETE FROM webhook_secrets'],
    ['execution_deltas', 'UPDATE execution_deltas SET executions = 0'],
    ['execution_deltas', 'DELETE FROM execution_deltas'],
    ['execution_rollups', 'INSERT INTO execution_rollups DEFAULT VALUES'],
    ['execution_rollups', 'UPDATE execution_rollups SET executions = 0'],
    ['execution_rollups', 'DELETE FROM execution_rollups'],
    ['model_prices', 'UPDATE model_prices SET input_micros_per_mtok = 0'],
    ['model_prices', 'UPDATE model_prices SET valid_from = now()'],
    ['model_prices', 'DELETE FROM model_prices'],
    ['model_routes', `UPDATE model_routes SET name = 'another'`],
    ['model_routes', 'DELETE FROM model_routes'],
  ])('lets the application not do this to %s: %s', async (_table, statement) => {
    await expect(app.query(statement)).rejects.toThrow('permission denied');
  });

  it('has no doors for the application but the listed ones, and none for anybody else', async () => {
    const { rows } = await context.owner.query<{ signature: string; everybody: boolean; app: boolean }>(
      `SELECT oid::regprocedure::text AS signature, has_function_privilege('prompt_ledger_app', oid, 'EXECUTE') AS app,
         coalesce(array_to_string(proacl, ' ') LIKE '=X%' OR array_to_string(proacl, ' ') LIKE '% =X%', true) AS everybody
       FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1`,
    );
    expect(rows).toEqual(
      [...FIRST, ...DURABLE, ...WEBHOOKS, ...COUNTS, ...LIMITS, ...BUDGETS, ...COSTS]
        .sort()
        .map((signature) => ({ signature, app: true, everybody: false })),
    );
  });
});
