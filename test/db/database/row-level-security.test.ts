import { Client } from 'pg';
import {
  QUEUE_DEPTHS_FUNCTION,
  QUEUE_SLICE_FUNCTION,
} from '../../../migrations/ledger/1795910400000-count-queue-slices.js';
import { DATASET_TABLES } from '../../../migrations/evaluation/1796600000000-store-datasets.js';
import { SERVICE_FIGURES_FUNCTION } from '../../../migrations/ledger/1795914000000-read-service-figures.js';
import {
  LOOK_TABLES,
  WATCHED_ROLLOUTS_FUNCTION,
} from '../../../migrations/rollouts/1797060000000-take-rollout-looks.js';
import { OUTCOME_TABLES } from '../../../migrations/rollouts/1797050000000-record-outcomes.js';
import { SCORER_TABLES } from '../../../migrations/evaluation/1796700000000-create-scorers.js';
import { SNIPPET_TABLES } from '../../../migrations/prompts/1796400000000-add-snippets.js';
import { SYSTEM_FUNCTIONS, TABLES } from '../../../migrations/ledger/create-prompt-ledger/security.js';
import { ERASE_CONTENT_FUNCTION } from '../../../migrations/content/erase-content/erase.js';
import { EXPIRE_FUNCTIONS } from '../../../migrations/content/expire-content/expire.js';
import { ROLLOUT_TABLES } from '../../../migrations/rollouts/create-rollouts/tables.js';
import { EXPERIMENT_FUNCTIONS } from '../../../migrations/evaluation/run-experiments/functions.js';
import { EXPERIMENT_TABLES } from '../../../migrations/evaluation/run-experiments/tables.js';
import { RENEW_PROMPTS_FUNCTION } from '../../../migrations/governance/guard-environments/label-rules.js';
import { SECRET_REVISIONS_FUNCTION } from '../../../migrations/governance/keep-secrets/secrets.js';
import { FIND_SESSION_FUNCTION } from '../../../migrations/governance/open-sessions/sessions.js';
import { GOVERNED_TABLES } from '../../../migrations/governance/govern-projects/security.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach } from '../../support/rows/ledger-rows.js';

/** The tables that record history. */
const ADDED_TO_ONLY = [
  'executions',
  'execution_inputs',
  'execution_outputs',
  'execution_attempts',
  'execution_metadata',
  'audit_log',
  'pointer_moves',
  'snippet_versions',
  'snippet_pins',
  'approved_versions',
  'change_reviews',
  'scorer_versions',
  'scores',
  'judgements',
  'outcomes',
  'rollout_events',
  'rollout_looks',
  'experiment_items',
  'experiment_scores',
];
const SECURED_TABLES = [
  ...TABLES,
  ...GOVERNED_TABLES,
  ...DATASET_TABLES,
  ...SCORER_TABLES,
  ...OUTCOME_TABLES,
  ...LOOK_TABLES,
  ...SNIPPET_TABLES,
  'users',
  'execution_metadata',
  'project_secrets',
  'content_expiry',
  ...EXPERIMENT_TABLES,
  ...ROLLOUT_TABLES,
  'suggestion_states',
  'judgements',
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

  it.each(SECURED_TABLES)('shows the application no row of %s without a project', async (table) => {
    expect((await app.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
    expect(await countAs('', table)).toBe(0);
  });

  it.each(SECURED_TABLES)(
    'shows the application its own row of %s and none of another project',
    async (table) => {
      // A project begins with dev, staging and prod.
      expect(await countAs(`{${context.projectId}}`, table)).toBe(table === 'environments' ? 3 : 1);
      expect(await countAs(`{${context.otherProjectId}}`, table)).toBe(table === 'projects' ? 1 : 0);
    },
  );

  it('shows sessions to the instance only', async () => {
    await context.owner.query(
      `INSERT INTO sessions (kind, token_hmac, credential_hmac, expires_at) VALUES ('instance', '\\x01', '\\x02', now())`,
    );
    expect(await countAs(`{${context.projectId}}`, 'sessions')).toBe(0);
    await app.query('BEGIN');
    await app.query(`SELECT set_config('app.instance', 'on', true)`);
    expect((await app.query('SELECT FROM sessions')).rowCount).toBe(1);
    await app.query('COMMIT');
  });

  it.each([
    ['executions_all', 2],
    ['execution_attempts_all', 1],
  ])('holds for the view %s too, which shows what the tables would', async (view, count) => {
    expect((await app.query(`SELECT FROM ${view}`)).rowCount).toBe(0);
    expect(await countAs(`{${context.projectId}}`, view)).toBe(count);
    expect(await countAs(`{${context.otherProjectId}}`, view)).toBe(0);
  });

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
    ['pointer_moves', 'UPDATE pointer_moves SET emergency = false, change_id = NULL'],
    ['pointer_moves', 'TRUNCATE pointer_moves'],
    ['audit_log', 'UPDATE audit_log SET actor = NULL'],
    ['audit_log', 'UPDATE audit_log SET before = NULL, after = NULL, reason = NULL, user_id = NULL'],
    ['audit_log', 'DELETE FROM audit_log'],
    ['audit_log', 'TRUNCATE audit_log'],
    ['prompt_versions', `UPDATE prompt_versions SET template_source = 'changed'`],
    ['prompt_versions', 'DELETE FROM prompt_versions'],
    ['executions', `UPDATE executions SET status = 'succeeded'`],
    ['executions', 'DELETE FROM executions'],
    ['executions', 'TRUNCATE executions'],
    ['change_reviews', `UPDATE change_reviews SET verdict = 'approved'`],
    ['change_reviews', 'DELETE FROM change_reviews'],
    ['approved_versions', 'DELETE FROM approved_versions'],
    ['changes', 'UPDATE changes SET to_version_id = from_version_id'],
    ['changes', 'UPDATE changes SET required_approvals = 0'],
    ['changes', 'DELETE FROM changes'],
    ['dataset_versions', `UPDATE dataset_versions SET version = ''`],
    ['dataset_versions', 'DELETE FROM dataset_versions'],
    ['dataset_items', `UPDATE dataset_items SET item_hash = ''`],
    ['dataset_items', 'DELETE FROM dataset_items'],
    ['dataset_contents', `UPDATE dataset_contents SET item_hash = '\\x01'`],
    ['experiments', `UPDATE experiments SET plan = '{}'`],
    ['experiments', 'UPDATE experiments SET max_cost_pico_usd = NULL'],
    ['experiments', 'DELETE FROM experiments'],
    ['experiment_cells', 'DELETE FROM experiment_cells'],
    ['experiment_scores', 'UPDATE experiment_scores SET passed = true'],
    ['rollouts', `UPDATE rollouts SET definition = '{}'`],
    ['rollouts', 'UPDATE rollouts SET candidate_version_id = control_version_id'],
    ['rollouts', 'DELETE FROM rollouts'],
    ['rollout_phases', 'UPDATE rollout_phases SET percent = 1'],
    ['rollout_phases', 'DELETE FROM rollout_phases'],
    ['rollout_events', 'UPDATE rollout_events SET value = 1'],
    ['rollout_events', 'DELETE FROM rollout_events'],
    ['rollout_looks', `UPDATE rollout_looks SET decision = 'continue'`],
    ['rollout_looks', 'DELETE FROM rollout_looks'],
    ['rollout_cursors', 'DELETE FROM rollout_cursors'],
    ['execution_attempts', `UPDATE execution_attempts SET status = 'succeeded'`],
    ['execution_outputs', `UPDATE execution_outputs SET response_text = ''`],
    ['prompts', 'DELETE FROM prompts'],
    ['executions_default', 'SELECT FROM executions_default'],
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
    ['sessions', 'UPDATE sessions SET expires_at = now()'],
    ['sessions', 'UPDATE sessions SET user_id = NULL, key_id = NULL, credential_hmac = NULL'],
    ['scorers', `UPDATE scorers SET kind = 'human'`],
    ['scorers', 'DELETE FROM scorers'],
    ['scorer_versions', `UPDATE scorer_versions SET definition = '{}'`],
    ['scorer_versions', 'DELETE FROM scorer_versions'],
    ['scores', 'UPDATE scores SET value = 1, passed = true'],
    ['scores', 'DELETE FROM scores'],
    ['score_sequences', 'DELETE FROM score_sequences'],
    ['judgements', 'UPDATE judgements SET scored_execution_id = execution_id'],
    ['judgements', 'DELETE FROM judgements'],
    ['outcomes', 'UPDATE outcomes SET value = 1'],
    ['outcomes', 'DELETE FROM outcomes'],
    ['outcome_sequences', 'DELETE FROM outcome_sequences'],
    ['suggestion_states', `UPDATE suggestion_states SET kind = 'size'`],
    ['suggestion_states', 'DELETE FROM suggestion_states'],
  ])('lets the application not do this to %s: %s', async (_table, statement) => {
    await expect(app.query(statement)).rejects.toThrow('permission denied');
  });

  it.each(['executions_all', 'execution_attempts_all'])(
    'lets nobody write by way of the view %s',
    async (view) => {
      for (const statement of [`UPDATE ${view} SET fence = 0`, `DELETE FROM ${view}`]) {
        for (const client of [app, context.owner])
          await expect(client.query(statement)).rejects.toThrow('view');
      }
    },
  );

  it.each(ADDED_TO_ONLY)(
    'lets the application add rows to %s and read them, and nothing else',
    async (table) => {
      const { rows } = await context.owner.query<{ privilege: string }>(
        `SELECT privilege_type AS privilege FROM pg_class c, aclexplode(c.relacl) AS acl
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname = $1 AND acl.grantee IN (0, 'prompt_ledger_app'::regrole)
         UNION SELECT acl.privilege_type || ' of ' || a.attname FROM pg_attribute a, aclexplode(a.attacl) AS acl
         WHERE a.attrelid = $1::regclass AND acl.grantee IN (0, 'prompt_ledger_app'::regrole) ORDER BY 1`,
        [table],
      );
      expect(rows.map(({ privilege }) => privilege)).toEqual(['INSERT', 'SELECT']);
    },
  );

  it('has no ways around it for the application but the listed ones, and none for anybody else', async () => {
    const { rows } = await context.owner.query<{ signature: string; everybody: boolean; app: boolean }>(
      `SELECT oid::regprocedure::text AS signature, has_function_privilege('prompt_ledger_app', oid, 'EXECUTE') AS app,
         coalesce(array_to_string(proacl, ' ') LIKE '=X%' OR array_to_string(proacl, ' ') LIKE '% =X%', true) AS everybody
       FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1`,
    );
    const listed = [
      ...SYSTEM_FUNCTIONS,
      ERASE_CONTENT_FUNCTION,
      ...EXPIRE_FUNCTIONS,
      QUEUE_SLICE_FUNCTION,
      RENEW_PROMPTS_FUNCTION,
      ...EXPERIMENT_FUNCTIONS,
      WATCHED_ROLLOUTS_FUNCTION,
      SERVICE_FIGURES_FUNCTION,
      FIND_SESSION_FUNCTION,
      SECRET_REVISIONS_FUNCTION,
    ].filter((one) => one !== QUEUE_DEPTHS_FUNCTION);
    expect(rows).toEqual(listed.sort().map((signature) => ({ signature, app: true, everybody: false })));
  });
});
