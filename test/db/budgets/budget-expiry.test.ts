import { randomUUID } from 'node:crypto';
import type { ExecutionStatus } from '../../../src/entities/index.js';
import { BudgetsRepository } from '../../../src/modules/budgets/budgets.repository.js';
import { HoldExpiry } from '../../../src/modules/budgets/hold-expiry.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { BudgetRows } from '../../support/rows/budget-rows.js';
import {
  insertAttempt,
  insertExecution,
  insertFinalExecution,
  noteHolds,
  setLapses,
} from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

const EXPIRED_MS = -1000;

let context: LedgerContext;
let ids: LedgerRows;
let budgets: BudgetRows;
let executions: ExecutionsRepository;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  budgets = new BudgetRows(context);
  executions = context.executions;
});
afterAll(() => context.close());
beforeEach(() => budgets.empty());

/** Includes an attempt as the sweep leaves it, unless the execution was never sent. */
async function execution(status: ExecutionStatus, isSent: boolean): Promise<string> {
  const { owner, projectId } = context;
  const executionId =
    status === 'queued' || status === 'running'
      ? await insertExecution(owner, projectId, ids, { status, leaseInS: 60 })
      : await insertFinalExecution(owner, projectId, ids, { status });
  if (isSent) await insertAttempt(owner, projectId, executionId, { status: 'outcome_unknown' });
  return executionId;
}

/** Holds the lock that a concurrent settlement would hold. */
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
  ] as const)('%s', async (_, status, isSent, expected) => {
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
    const lapsed = { status: 'running', mode: 'sync', fence: 1, attemptsMade: 0, leaseInS: -60 } as const;
    const waiting = await execution('queued', false);
    const going = await execution('running', false);
    const givenUp = await insertExecution(context.owner, context.projectId, ids, lapsed);
    await setLapses(context.owner, [{ id: givenUp, lapses: 9 }]);
    const called = await insertExecution(context.owner, context.projectId, ids, lapsed);
    await insertAttempt(context.owner, context.projectId, called);
    const held = [waiting, going, givenUp, called];
    await budgets.hold(held.map((id, arrival) => ({ execution_id: id, arrival })));
    await noteHolds(context.owner, held);

    expect(await executions.cancel(context.projectId, waiting)).toBe(true);
    expect((await executions.sweepLapsed()).map(({ status }) => status)).toEqual(['failed', 'failed']);

    // The cost of the called one is unknown, and the other one is still in flight.
    const { rows } = await context.owner.query('SELECT execution_id FROM budget_holds ORDER BY 1');
    expect(rows.map(({ execution_id: id }: { execution_id: string }) => id)).toEqual([going, called].sort());
    expect(await budgets.periods()).toMatchObject([{ held: 20, spent: 0 }]);
  });
});
