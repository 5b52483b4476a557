import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

let context: LedgerContext;

beforeEach(async () => {
  context = await openLedgerContext();
});
afterEach(() => context.close());

async function readFigures(most = 100) {
  const [row] = await context.scope.system('SELECT * FROM ledger_read_figures($1)', [most]);
  return row;
}

async function addEvents(count: number, dueAt: string, doneAt: string): Promise<void> {
  await context.owner.query(
    `INSERT INTO outbox (project_id, kind, subject, body, due_at, done_at)
     SELECT project_id, 'execution.succeeded', 's', '{}', ${dueAt}, ${doneAt} FROM projects CROSS JOIN generate_series(1, $1)`,
    [count],
  );
}

/** @param takenPicoUsd amount taken in the present period; null when nothing was ever taken. */
async function addBudget(
  projectId: string,
  limit: number,
  takenPicoUsd: number | null,
  period = 'day',
): Promise<string> {
  const { rows } = await context.owner.query<{ id: string }>(
    `INSERT INTO budgets (project_id, name, scope_kind, period, limit_pico_usd, mode) VALUES ($1, 'b', 'project', $2, $3, 'hard') RETURNING budget_id AS id`,
    [projectId, period, limit],
  );
  const { id } = rows[0] as { id: string };
  if (takenPicoUsd !== null) {
    await context.owner.query(
      `INSERT INTO budget_periods (project_id, budget_id, period_start, held_pico_usd, spent_pico_usd)
       VALUES ($1, $2, ledger_budget_period($3), 1, $4)`,
      [projectId, id, period, takenPicoUsd - 1],
    );
  }
  return id;
}

describe('what monitoring asks of the database', () => {
  it('is nothing in a fresh ledger', async () => {
    expect(await readFigures()).toEqual({
      webhooks_waiting: 0,
      budgets_below: 0,
      budgets_near: 0,
      budgets_exhausted: 0,
      highest_use: 0,
    });
  });

  it('counts callbacks that wait, of all projects, to a limit, and no events that nobody is told', async () => {
    await addEvents(3, 'now()', 'NULL');
    await addEvents(2, `now() + interval '1 hour'`, 'NULL');
    await addEvents(4, 'now()', 'now()');
    await addEvents(5, 'NULL', 'NULL');
    expect(await readFigures()).toMatchObject({ webhooks_waiting: 10 });
    expect(await readFigures(7)).toMatchObject({ webhooks_waiting: 7 });
  });

  it('sorts budgets of all projects by what is spent and held in their present period', async () => {
    await addBudget(context.projectId, 100, null);
    await addBudget(context.projectId, 100, 79, 'month');
    await addBudget(context.otherProjectId, 100, 80);
    await addBudget(context.otherProjectId, 100, 125, 'total');
    await addBudget(context.projectId, 0, null);
    const archived = await addBudget(context.projectId, 100, 500);
    await context.owner.query('UPDATE budgets SET archived_at = now() WHERE budget_id = $1', [archived]);
    const past = await addBudget(context.projectId, 100, 90);
    await context.owner.query(
      `UPDATE budget_periods SET period_start = period_start - interval '1 day' WHERE budget_id = $1`,
      [past],
    );
    expect(await readFigures()).toMatchObject({
      budgets_below: 3,
      budgets_near: 1,
      budgets_exhausted: 2,
      highest_use: 1.25,
    });
  });
});
