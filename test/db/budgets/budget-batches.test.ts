import { randomUUID } from 'node:crypto';
import { asks, BudgetRows, type Verdict, verdictsOf } from '../../support/rows/budget-rows.js';
import { insertExecution } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

/** Holds, and releases some of the holds. */
const HOLD_AND_GIVE_BACK = `
  WITH v AS MATERIALIZED (
    SELECT * FROM ledger_hold_budgets($1, 60000)
  ), r AS MATERIALIZED (
    SELECT ledger_settle_holds((SELECT json_agg(json_build_object('project_id', $2::uuid, 'execution_id', v.execution_id, 'attempt', 1, 'spent_pico_usd', 0))
      FROM v WHERE v.execution_id = ANY ($3::uuid[]))) AS given
  )
  SELECT v.execution_id, v.verdict FROM v, r`;

let context: LedgerContext;
let ids: LedgerRows;
let budgets: BudgetRows;

beforeAll(async () => {
  context = await openLedgerContext();
  ids = await insertOneOfEach(context.owner, context.projectId);
  budgets = new BudgetRows(context);
});
afterAll(() => context.close());
beforeEach(() => budgets.empty());

async function holdAndGiveBack(
  executionIds: readonly string[],
  givenUp: readonly string[],
): Promise<Verdict[]> {
  const asked = budgets.entries(executionIds.map((id, arrival) => ({ arrival, execution_id: id })));
  return context.scope.statement<Verdict>(context.projectId, {
    text: HOLD_AND_GIVE_BACK,
    values: [asked, context.projectId, givenUp],
  });
}

describe('a batch', () => {
  it.each([
    ['no requests', '[]'],
    ['nothing', null],
  ])('of %s has no verdicts, with budgets and without', async (_, asked) => {
    const verdicts = async () =>
      context.scope.statement(context.projectId, {
        text: 'SELECT * FROM ledger_hold_budgets($1, 1000)',
        values: [asked],
      });

    expect(await verdicts()).toEqual([]);
    await budgets.make(10);
    expect(await verdicts()).toEqual([]);
    expect(await budgets.periods()).toEqual([]);
  });

  it('of a project without budgets is free, one verdict for each request', async () => {
    await context.owner.query(
      `INSERT INTO budgets (project_id, name, scope_kind, period, limit_pico_usd, mode) VALUES ($1, 'b', 'project', 'day', 0, 'hard')`,
      [context.otherProjectId],
    );
    await budgets.make(0);
    await context.owner.query('UPDATE budgets SET archived_at = now() WHERE project_id = $1', [
      context.projectId,
    ]);

    expect(verdictsOf(await budgets.hold(asks(3)))).toEqual(['free', 'free', 'free']);
  });

  it('of 64 requests to a nearly empty budget gets as many as fit, the first ones', async () => {
    await budgets.make(1000, { period: 'month' });
    await budgets.make(1000, { scope: 'owner_team', value: 'red', period: 'total' });
    await budgets.spend(763);
    const id = await budgets.make(237, { scope: 'prompt', value: 'p' });

    const verdicts = await budgets.hold(asks(64, { owner_team: 'red', prompt_name: 'p' }));

    const expected = Array.from({ length: 64 }, (_, arrival) => (arrival < 23 ? 'held' : 'refused'));
    expect(verdictsOf(verdicts)).toEqual(expected);
    expect(verdicts[63]).toMatchObject({ left_pico_usd: '7' });
    expect(await budgets.periods()).toContainEqual({ budget_id: id, held: 230, spent: 0 });
  });

  it('that comes twice at once holds each request once', async () => {
    await budgets.make(1000);
    await budgets.make(1000, { scope: 'owner_team', value: 'red', period: 'total' });
    const batch = asks(20, { owner_team: 'red' }).map((ask) => ({ ...ask, execution_id: randomUUID() }));

    const answers = await Promise.all(Array.from({ length: 8 }, () => budgets.hold(batch)));

    for (const verdicts of answers) expect(new Set(verdictsOf(verdicts))).toEqual(new Set(['held']));
    expect(await budgets.periods()).toMatchObject([{ held: 200 }, { held: 200 }]);
    expect(await budgets.holdCount()).toBe(40);
  });

  it('in which an attempt stands twice holds it once, for as many tokens both times', async () => {
    await budgets.make(20);
    const twice = { execution_id: randomUUID() };
    const cutDown = { execution_id: randomUUID(), clamp: true, max_new_tokens: 20 };

    const verdicts = await budgets.hold([
      { arrival: 0, ...twice },
      { arrival: 1, ...twice },
      { arrival: 2, ...cutDown },
      { arrival: 3, ...cutDown },
    ]);

    expect(verdicts.map(({ verdict, max_new_tokens: tokens }) => [verdict, tokens])).toEqual([
      ['held', null],
      ['held', null],
      ['clamped', 8],
      ['held', 8],
    ]);
    expect(await budgets.periods()).toMatchObject([{ held: 20 }]);
  });

  it('that is sent again after the period has ended keeps to its first hold', async () => {
    const id = await budgets.make(10);
    const batch = [{ execution_id: randomUUID() }];
    await budgets.hold(batch);
    await budgets.moveToYesterday();

    expect(verdictsOf(await budgets.hold(batch))).toEqual(['held']);

    expect(await budgets.periods()).toEqual([
      { budget_id: id, held: 10, spent: 0 },
      { budget_id: id, held: 0, spent: 0 },
    ]);
  });

  it('that is sent again answers the number of tokens that the execution was cut down to', async () => {
    await budgets.make(100);
    const executionId = await insertExecution(context.owner, context.projectId, ids, {
      maxNewTokens: 3,
    });
    await budgets.hold([{ execution_id: executionId }]);

    expect(await budgets.hold([{ execution_id: executionId }])).toMatchObject([
      { verdict: 'held', max_new_tokens: 3 },
    ]);
  });
});

describe('a budget', () => {
  it('is in force for every hold that begins after it was made, changed or ended', async () => {
    expect(verdictsOf(await budgets.hold([{}]))).toEqual(['free']);
    await budgets.make(15);
    expect(verdictsOf(await budgets.hold(asks(2)))).toEqual(['held', 'refused']);
    await context.owner.query('UPDATE budgets SET limit_pico_usd = 20');
    expect(verdictsOf(await budgets.hold(asks(2)))).toEqual(['held', 'refused']);
    await context.owner.query(`UPDATE budgets SET mode = 'soft'`);
    expect(verdictsOf(await budgets.hold([{}]))).toEqual(['held']);
    await context.owner.query('UPDATE budgets SET archived_at = now()');
    expect(verdictsOf(await budgets.hold([{}]))).toEqual(['free']);
  });

  it('whose limit is cut while a hold waits for its turn holds that one to the new limit', async () => {
    const id = await budgets.make(100);
    await budgets.hold([{}]);
    await context.owner.query('BEGIN');
    await context.owner.query('SELECT FROM budget_periods FOR UPDATE');
    const waiting = budgets.hold(asks(3));
    await untilBlocked();
    await context.owner.query('UPDATE budgets SET limit_pico_usd = 25');
    await context.owner.query('COMMIT');

    expect(verdictsOf(await waiting)).toEqual(['held', 'refused', 'refused']);
    expect(await budgets.periods()).toEqual([{ budget_id: id, held: 20, spent: 0 }]);
  });

  async function untilBlocked(): Promise<void> {
    for (;;) {
      const { rowCount } = await context.owner.query(
        `SELECT FROM pg_locks waiting WHERE NOT granted AND pid IN (
           SELECT pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database())`,
      );
      if (rowCount !== 0) return;
    }
  }
});

describe('a hold that is given back', () => {
  it('in the statement that made it leaves the others', async () => {
    await budgets.make(40);
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];

    const verdicts = await holdAndGiveBack([first, second, third], [second]);

    expect(verdictsOf(verdicts)).toEqual(['held', 'held', 'held']);
    expect(await budgets.periods()).toMatchObject([{ held: 20, spent: 0 }]);
    expect(await budgets.holdCount()).toBe(2);
    await holdAndGiveBack([first, second], []);
    expect(await budgets.periods()).toMatchObject([{ held: 30, spent: 0 }]);
  });
});

describe('transactions that meet in several budgets', () => {
  it('in opposite order, held, settled and expired at once, never wait in a circle and lose no money', async () => {
    const scopes = ['prompt', 'owner_team', 'api_key'];
    await budgets.make(1_000_000);
    for (const scope of scopes)
      for (const value of ['a', 'b']) await budgets.make(1_000_000, { scope, value });
    const pick = (nth: number) => (nth % 2 === 0 ? 'a' : 'b');
    const batchOf = (nth: number) =>
      Array.from({ length: 6 }, (_, at) => ({
        execution_id: randomUUID(),
        // Half of the batches arrive in the opposite order.
        arrival: nth % 2 === 0 ? at : 6 - at,
        prompt_name: pick(nth + at),
        owner_team: pick(nth),
        key_id: pick(at),
      }));
    let spent = 0;
    const client = async (nth: number): Promise<void> => {
      for (let round = 0; round < 8; round += 1) {
        const batch = batchOf(nth + round);
        expect(new Set(verdictsOf(await budgets.hold(batch, round === 7 ? -1000 : 60_000)))).toEqual(
          new Set(['held']),
        );
        if (round === 7) continue;
        const ended = batch.map(({ execution_id }) => ({ execution_id, spent_pico_usd: 3 }));
        await budgets.settle(nth % 2 === 0 ? ended : ended.reverse());
        spent += 18;
      }
    };
    const expirer = async () => {
      for (let round = 0; round < 10; round += 1) await budgets.expire(7);
    };

    await Promise.all([...Array.from({ length: 12 }, (_, nth) => client(nth)), expirer(), expirer()]);
    while ((await budgets.expire()) > 0);

    const periods = await budgets.periods();
    expect(periods).toHaveLength(7);
    expect(periods.every(({ held }) => held === 0)).toBe(true);
    expect(periods[0]).toMatchObject({ spent });
    for (const at of [1, 3, 5]) expect(periods[at]!.spent + periods[at + 1]!.spent).toBe(spent);
  });
});
