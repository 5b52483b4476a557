import { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import {
  FactsRepository,
  type LookedAt,
  MOST_EXECUTIONS,
} from '../../../src/modules/suggestions/collecting/facts.repository.js';
import { insertPrompts } from '../../support/worlds/large-ledger.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { makePastWeeks } from '../../support/worlds/past-weeks.js';
import type { LedgerIds } from '../../support/worlds/record-world.js';

const EXECUTIONS = 100_000;
const ENVIRONMENTS = 12;
/** Two statuses in each of the examined environments. The steps to their names come on top. */
const RANGES = 16;

let context: LedgerContext;
let app: Client;
let ids: LedgerIds;
let lookedAt: LookedAt;
const facts = new FactsRepository();

interface Plan {
  readonly 'Relation Name'?: string;
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}

const toId = ({ executionId }: { readonly executionId: string }) => executionId;

/** Returns a manager as a repository sees it. */
const asManager = (query: (text: string, values: unknown[]) => Promise<unknown>) =>
  ({ query }) as unknown as EntityManager;

const asApplication = asManager(async (text, values) => (await app.query(text, values)).rows);

/** Counts the rows of a table that each plan of a read takes. */
async function countRows(table: string, read: (tx: EntityManager) => Promise<unknown>): Promise<number> {
  let rows = 0;
  const add = ({ Plans: plans = [], ...plan }: Plan): void => {
    if (plan['Relation Name']?.startsWith(table) === true) rows += plan['Actual Rows'] * plan['Actual Loops'];
    plans.forEach(add);
  };
  const explaining = asManager(async (text, values) => {
    const answer = await app.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`,
      values,
    );
    add((answer.rows[0] as { 'QUERY PLAN': [{ Plan: Plan }] })['QUERY PLAN'][0].Plan);
    return [];
  });
  await read(explaining);
  return rows;
}

beforeAll(async () => {
  context = await openLedgerContext();
  const { owner, projectId } = context;
  await makePastWeeks(owner, 5);
  [ids] = (await insertPrompts(owner, projectId)) as [LedgerIds];
  const { rows } = await owner.query<{ id: string }>(
    `INSERT INTO prompt_versions (project_id, prompt_id, version_number, template_source, checksum_hash, renderer, variables)
     VALUES ($1, $2, 2, 'Hi', repeat('b', 64), 'liquid-1', '{}') RETURNING version_id AS id`,
    [projectId, ids.promptId],
  );
  const second = (rows[0] as { id: string }).id;
  // The oldest half ran the first version, and so did one in ten of the others.
  await owner.query(
    `WITH made AS MATERIALIZED (
       SELECT (left(ledger_uuid7_floor(at)::text, 24) || lpad(to_hex(n), 12, '0'))::uuid AS id, at, n
       FROM generate_series(1, ${EXECUTIONS}) AS n, LATERAL (SELECT now() - n * interval '28 days' / ${EXECUTIONS} AS at) AS moment
     ), over AS (
       INSERT INTO executions (project_id, execution_id, status, prompt_id, version_id, model_id, prompt_mode, environment, execution_mode,
         created_at, completed_at, response_tokens, attempts_made)
       SELECT $1, id, CASE n % 20 WHEN 0 THEN 'failed' ELSE 'succeeded' END, $2,
         CASE WHEN n > ${EXECUTIONS / 2} OR n % 10 = 0 THEN $3::uuid ELSE $5::uuid END, $4, 'full', 'e' || n % ${ENVIRONMENTS}, 'sync', at, at, 3, 1
       FROM made)
     INSERT INTO execution_inputs (project_id, execution_id, variables_json, rendered_prompt)
     SELECT $1, id, json_build_object('language', 'l' || n % 3, 'text', repeat('long ', 100)), 'Hello' FROM made`,
    [projectId, ids.promptId, ids.versionId, ids.modelId, second],
  );
  lookedAt = { projectId, promptId: ids.promptId, versionId: second };
  app = new Client({ connectionString: context.url, options: '-c role=prompt_ledger_app' });
  await app.connect();
  await app.query(`SELECT set_config('app.project_ids', $1, false)`, [`{${projectId}}`]);
}, 120_000);
afterAll(async () => {
  await app.end();
  await context.close();
});

describe.each(['without', 'with'])('a prompt with 100,000 executions, %s statistics', (which) => {
  beforeAll(async () => {
    if (which === 'with') await context.owner.query('ANALYZE executions, execution_inputs');
  });

  it('is looked at in a bounded part of them', async () => {
    const rows = await countRows('executions', (tx) => facts.listNewest(tx, lookedAt));
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(RANGES * MOST_EXECUTIONS + 2 * ENVIRONMENTS);
  });

  it('shows the newest of the version', async () => {
    const newest = await facts.listNewest(asApplication, lookedAt);
    // Nine in ten ran it, and a few environments are beyond those that are examined.
    expect(newest.length).toBeGreaterThan(MOST_EXECUTIONS / 2);
    expect(newest.length).toBeLessThanOrEqual(MOST_EXECUTIONS);
    const ofNewest = newest.map(({ executionId }) => executionId);
    expect(ofNewest).toEqual([...ofNewest].sort().reverse());
  });

  it('has inputs that are found one by one, and long values left where they are', async () => {
    const newest = (await facts.listNewest(asApplication, lookedAt)).slice(0, 100);
    const of = newest.map(({ executionId }) => executionId);
    expect(await countRows('execution_inputs', (tx) => facts.listInputs(tx, lookedAt.projectId, of))).toBe(
      100,
    );
    const inputs = await facts.listInputs(asApplication, lookedAt.projectId, of);
    expect(inputs[0]).toMatchObject({
      names: ['language', 'text'],
      values: [expect.stringMatching(/^"l[0-2]"$/), null],
    });
  });
});

it('says which model was passed over for the one that was asked', async () => {
  const [asked, other, alone] = (await facts.listNewest(asApplication, lookedAt)).map(toId);
  const { rows } = await context.owner.query<{ name: string }>(
    `SELECT provider || '/' || model_name AS name FROM models WHERE project_id = $1 AND model_id = $2`,
    [lookedAt.projectId, ids.modelId],
  );
  const [provider, model] = String(rows[0]?.name).split('/');
  const answering = { provider, model_name: model };
  const silent = { provider: 'somewhere', model_name: 'silent' };
  for (const [id, targets] of [
    [asked, [answering, silent]],
    [other, [silent, answering]],
    [alone, [silent]],
  ]) {
    await context.owner.query(
      'UPDATE executions SET targets = $3 WHERE project_id = $1 AND execution_id = $2',
      [lookedAt.projectId, id, JSON.stringify(targets)],
    );
  }
  const newest = await facts.listNewest(asApplication, lookedAt);
  expect(newest.slice(0, 4).map(({ passedOver }) => passedOver)).toEqual([
    null,
    'somewhere/silent',
    null,
    null,
  ]);
});

it('counts nothing of another project', async () => {
  const other = { ...lookedAt, projectId: context.otherProjectId };
  expect(await facts.listNewest(asApplication, other)).toEqual([]);
  expect(await facts.count(asApplication, other)).toBe(0);
});
