import { randomUUID } from 'node:crypto';
import { BudgetsRepository } from '../../src/modules/budgets/budgets.repository.js';
import { HoldExpiry } from '../../src/modules/budgets/hold-expiry.js';
import { BudgetRows } from '../support/budget-rows.js';
import { insertExecution } from '../support/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../support/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../support/ledger-rows.js';

const EXPIRED_MS = -1000;

let context: LedgerContext;
let ids: LedgerRows;
let budgets: BudgetRows;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  budgets = new BudgetRows(context);
});
afterAll(() => context.close());
beforeEach(() => budgets.truncate());

/** With an attempt as the sweep leaves it, unless it was never sent. */
async function execution(status: string, isSent: boolean): Promise<string> {
  const executionId = await insertExecution(context.owner, context.projectId, ids);
  if (isSent) {
    await context.owner.query(
      `INSERT INTO execution_attempts (project_id, execution_id, attempt, fence, status, provider, model_name)
       VALUES ($1, $2, 1, 1, 'outcome_unknown', 'echo', 'echo')`,
      [context.projectId, executionId],
    );
  }
  await context.owner.query('UPDATE executions SET status = $2 WHERE execution_id = $1', [
    executionId,
    status,
  ]);
  return executionId;
}

/** As the lock of somebody who settles to it at this moment. */
async function whileLocked(budgetId: string, work: () => Promise<void>): Promise<void> {
  await context.owner.query('BEGIN');
  await context.owner.query('SELECT FROM budget_periods WHERE budget_id = $1 FOR UPDATE', [budgetId]);
  try {
    await work();
  } finally {
    await context.owner.query('COMMIT');
  }
}

describe('a hold that expired', () => {
  it.each([
    ['is spent, all of it, when the call was made and is over', 'failed', true, { held: 0, spent: 10 }],
    ['is given back when the execution ended without a call', 'canceled', false, { held: 0, spent: 0 }],
    ['stays while the execution waits for another attempt', 'queued', true, { held: 10, spent: 0 }],
    ['stays while the execution runs', 'running', true, { held: 10, spent: 0 }],
  ])('%s', async (_, status, isSent, expected) => {
    await budgets.make(100);
    const executionId = await execution(status, isSent);
    await budgets.hold([{ execution_id: executionId }], EXPIRED_MS);

    expect(await budgets.expire()).toBe(expected.held === 0 ? 1 : 0);

    expect(await budgets.periods()).toMatchObject([expected]);
  });

  it('is given back when there is no such execution', async () => {
    await budgets.make(100);
    await budgets.hold([{}, {}], EXPIRED_MS);

    expect(await budgets.expire()).toBe(2);

    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 0 }]);
  });

  it('is judged by its own attempt', async () => {
    await budgets.make(100);
    const executionId = await execution('failed', true);
    const attempts = [1, 2].map((attempt) => ({ execution_id: executionId, attempt, arrival: attempt }));
    await budgets.hold(attempts, EXPIRED_MS);

    expect(await budgets.expire()).toBe(2);

    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 10 }]);
  });

  it('that has not expired yet stays', async () => {
    await budgets.make(100);
    await budgets.hold([{ execution_id: await execution('failed', true) }]);

    expect(await budgets.expire()).toBe(0);
    expect(await budgets.periods()).toMatchObject([{ held: 10, spent: 0 }]);
  });

  it('is passed over, in all of its budgets, while somebody works on one of them', async () => {
    const project = await budgets.make(100);
    await budgets.make(100, { scope: 'prompt', value: 'p' });
    await budgets.hold([{ prompt_name: 'p' }], EXPIRED_MS);
    const prompt = await budgets.make(100, { scope: 'prompt', value: 'q' });
    await context.owner.query('UPDATE budgets SET archived_at = now() WHERE budget_id = $1', [project]);
    await budgets.hold([{ prompt_name: 'q' }], EXPIRED_MS);

    await whileLocked(project, async () => {
      expect(await budgets.expire()).toBe(1);
    });

    expect(await budgets.periods()).toMatchObject([
      { held: 10, spent: 0 },
      { held: 10, spent: 0 },
      { budget_id: prompt, held: 0, spent: 0 },
    ]);
    expect(await budgets.expire()).toBe(1);
  });

  it('is ended once by processes that look at the same time', async () => {
    for (const value of ['a', 'b', 'c']) await budgets.make(10_000, { scope: 'prompt', value });
    const executionIds: string[] = [];
    while (executionIds.length < 30) executionIds.push(await execution('failed', true));
    await budgets.hold(
      executionIds.map((id, nth) => ({ execution_id: id, arrival: nth, prompt_name: 'abc'[nth % 3]! })),
      EXPIRED_MS,
    );
    const processes = Array.from(
      { length: 4 },
      () => new HoldExpiry(context.config, new BudgetsRepository(context.scope)),
    );

    await Promise.all(processes.map((process) => process.endAll()));
    await processes[0]!.endAll();

    expect(await budgets.periods()).toMatchObject(Array.from({ length: 3 }, () => ({ held: 0, spent: 100 })));
    expect(await budgets.holdCount()).toBe(0);
  });

  it('is ended in portions of so many, until there are no more', async () => {
    await budgets.make(10_000);
    await budgets.hold(
      Array.from({ length: 9 }, () => ({ execution_id: randomUUID() })),
      EXPIRED_MS,
    );

    expect([await budgets.expire(4), await budgets.expire(4), await budgets.expire(4)]).toEqual([4, 4, 1]);
  });

  it('of any project is ended', async () => {
    await budgets.make(100);
    await budgets.hold([{}], EXPIRED_MS);
    await context.owner.query('SET session_replication_role = replica');
    for (const table of ['budgets', 'budget_periods', 'budget_holds']) {
      await context.owner.query(`UPDATE ${table} SET project_id = $1`, [context.otherProjectId]);
    }
    await context.owner.query('SET session_replication_role = origin');

    expect(await new HoldExpiry(context.config, new BudgetsRepository(context.scope)).endAll()).toBe(1);
    expect(await budgets.periods()).toMatchObject([{ held: 0 }]);
  });
});

describe('an execution that ends without a call', () => {
  it('gives back what was held for it, when it is canceled or given up', async () => {
    await budgets.make(100);
    const waiting = [await execution('queued', false), await execution('queued', false)];
    const called = await execution('running', true);
    await budgets.hold([...waiting, called].map((id, arrival) => ({ execution_id: id, arrival })));

    await context.owner.query(
      `UPDATE executions SET status = CASE execution_id WHEN $1 THEN 'canceled' WHEN $2 THEN 'running' ELSE 'failed' END`,
      waiting,
    );

    // Of the one that was called nobody knows what it cost; another goes on.
    const { rows } = await context.owner.query('SELECT execution_id FROM budget_holds ORDER BY 1');
    expect(rows.map(({ execution_id: id }: { execution_id: string }) => id)).toEqual(
      [waiting[1], called].sort(),
    );
    expect(await budgets.periods()).toMatchObject([{ held: 20, spent: 0 }]);
  });
});
