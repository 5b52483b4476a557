import { Client } from 'pg';
import { createEmptyDatabase, type TestDatabase } from '../../support/database/database.js';
import { findMisplaced } from '../../faults/core/checks/execution-places.js';
import { watchMoves } from '../../faults/core/checks/watch-moves.js';

const ID = '01900000-0000-7000-8000-000000000001';
const PROJECT = '01900000-0000-7000-8000-000000000002';

/** The parts of the tables that the watch reads. */
const TABLES = `CREATE TABLE execution_inputs (project_id uuid, execution_id uuid);
  CREATE TABLE executions (project_id uuid, execution_id uuid, status text);
  CREATE TABLE execution_attempts (project_id uuid, execution_id uuid, attempt integer, status text);
  CREATE TABLE executions_in_flight (project_id uuid, execution_id uuid, status text, attempt integer NOT NULL DEFAULT 0,
    attempt_started_at timestamptz)`;

/** It is claimed, called, swept, called again and answered, and then the lost call comes back. */
const LIFE = [
  `INSERT INTO executions_in_flight VALUES (PROJECT, ID, 'queued')`,
  `UPDATE executions_in_flight SET status = 'running'`,
  `UPDATE executions_in_flight SET attempt = 1, attempt_started_at = now()`,
  `INSERT INTO execution_attempts VALUES (PROJECT, ID, 1, 'outcome_unknown')`,
  `UPDATE executions_in_flight SET status = 'queued', attempt_started_at = NULL`,
  `UPDATE executions_in_flight SET status = 'running'`,
  `UPDATE executions_in_flight SET attempt = 2, attempt_started_at = now()`,
  `WITH gone AS (DELETE FROM executions_in_flight RETURNING project_id, execution_id)
   INSERT INTO executions SELECT project_id, execution_id, 'succeeded' FROM gone`,
  `INSERT INTO execution_attempts VALUES (PROJECT, ID, 2, 'succeeded')`,
  `INSERT INTO execution_attempts VALUES (PROJECT, ID, 1, 'fenced')`,
];
const MOVES = [
  [null, null, 'queued'],
  [null, 'queued', 'running'],
  [1, null, 'dispatched'],
  [1, 'dispatched', 'outcome_unknown'],
  [null, 'running', 'queued'],
  [null, 'queued', 'running'],
  [2, null, 'dispatched'],
  [null, 'running', 'succeeded'],
  [2, 'dispatched', 'succeeded'],
  [1, 'outcome_unknown', 'fenced'],
];

describe("the fault harness's watch", () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(TABLES);
    await watchMoves(client);
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const run = (text: string) =>
    client.query(text.replaceAll('PROJECT', `'${PROJECT}'`).replace(/\bID\b/g, `'${ID}'`));
  const misplaced = () => findMisplaced(async (text) => (await client.query<object>(text)).rows);
  async function moves(): Promise<unknown[]> {
    const { rows } = await client.query({
      text: 'SELECT attempt, from_status, to_status FROM watched_moves ORDER BY move_id',
      rowMode: 'array',
    });
    return rows;
  }

  it('sees each move of an execution and of its attempts', async () => {
    for (const statement of LIFE) await run(statement);
    expect(await moves()).toEqual(MOVES);
  });

  it('sees a call that is begun with its execution, and the next one that follows at once', async () => {
    await run(`INSERT INTO executions_in_flight VALUES (PROJECT, ID, 'running', 1, now())`);
    await run('UPDATE executions_in_flight SET attempt = 2, attempt_started_at = now()');
    expect(await moves()).toEqual([
      [null, null, 'running'],
      [1, null, 'dispatched'],
      [2, null, 'dispatched'],
    ]);
  });

  it('sees a second end as a move from the first', async () => {
    for (const status of ['failed', 'succeeded'])
      await run(`INSERT INTO executions VALUES (PROJECT, ID, '${status}')`);
    expect(await moves()).toEqual([
      [null, null, 'failed'],
      [null, 'failed', 'succeeded'],
    ]);
  });

  it.each([
    ['in no place', [], 1],
    ['in flight', ['executions_in_flight'], 0],
    ['over', ['executions'], 0],
    ['in both places', ['executions', 'executions_in_flight'], 1],
    ['over twice', ['executions', 'executions'], 1],
  ])('finds what is misplaced, where an execution is %s', async (_what, places, count) => {
    await run('INSERT INTO execution_inputs VALUES (PROJECT, ID)');
    for (const place of places) await run(`INSERT INTO ${place} VALUES (PROJECT, ID, 'running')`);
    expect(await misplaced()).toHaveLength(count);
  });

  it('finds an execution without an input', async () => {
    await run(`INSERT INTO executions VALUES (PROJECT, ID, 'failed')`);
    expect(await misplaced()).toEqual([`${ID}: 0 inputs, 1 places`]);
  });
});
