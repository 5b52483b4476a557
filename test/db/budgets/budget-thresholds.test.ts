import { randomUUID } from 'node:crypto';
import { formatPicoUsd } from '../../../src/kernel/index.js';
import { WebhookEventsRepository } from '../../../src/modules/webhooks/sending/webhook-events.repository.js';
import { type BudgetOptions, BudgetRows } from '../../support/rows/budget-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const URL_OF_RECEIVER = 'https://hooks.example.com/budgets';
const ANY_WIRE_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const DAY_START = expect.stringMatching(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/) as string;

interface Told {
  readonly kind: string;
  readonly subject: string;
  readonly body: { readonly url: string; readonly event: { readonly data: { readonly percent: number } } };
}

let context: LedgerContext;
let budgets: BudgetRows;

beforeAll(async () => {
  context = await openLedgerContext();
  budgets = new BudgetRows(context);
});
afterAll(() => context.close());
beforeEach(() => budgets.empty());

async function told(): Promise<Told[]> {
  return (await context.owner.query<Told>('SELECT kind, subject, body FROM outbox ORDER BY event_id')).rows;
}

async function toldPercents(): Promise<number[]> {
  return (await told()).map(({ body }) => body.event.data.percent);
}

/** Makes a soft budget, so that the tests may spend any amount. */
async function make(limit: number, options: BudgetOptions = {}): Promise<string> {
  return budgets.make(limit, { mode: 'soft', callbackUrl: URL_OF_RECEIVER, ...options });
}

describe('a threshold', () => {
  it.each(['hard', 'soft'])('of a %s budget is told once when so much is spent', async (mode) => {
    await make(100, { mode });

    const after: number[][] = [];
    for (const spent of [49, 1, 10, 19, 1, 10, 10]) {
      await budgets.spend(spent);
      after.push(await toldPercents());
    }

    expect(after).toEqual([[], [50], [50], [50], [50, 80], [50, 80], [50, 80, 100]]);
    await context.owner.query('UPDATE budgets SET limit_pico_usd = 1000');
    await budgets.spend(9);
    expect(await toldPercents()).toEqual([50, 80, 100]);
  });

  it('says what budget it is of, and how that stands, in exact dollars', async () => {
    const id = await make(100, { scope: 'owner_team', value: 'red' });
    await context.owner.query(`UPDATE budgets SET limit_pico_usd = 1500000000000, name = 'Red, a day'`);
    const executionId = randomUUID();
    await budgets.hold([{ owner_team: 'red', execution_id: executionId, max_new_tokens: 2_000_000_000 }]);
    await budgets.hold([{ owner_team: 'red' }]);

    await budgets.settle([{ execution_id: executionId, spent_pico_usd: 750_000_000_001 }]);

    expect(await told()).toEqual([
      {
        kind: 'budget.threshold',
        subject: id,
        body: {
          url: URL_OF_RECEIVER,
          event: {
            type: 'budget.threshold',
            timestamp: ANY_WIRE_TIME,
            data: {
              budget_id: id,
              name: 'Red, a day',
              scope: 'owner_team',
              scope_value: 'red',
              period: 'day',
              period_start: DAY_START,
              limit_usd: '1.5',
              spent_usd: '0.750000000001',
              held_usd: '0.00000000001',
              percent: 50,
              mode: 'soft',
            },
          },
        },
      },
    ]);
  });

  it('that is passed together with others is told alone, the highest', async () => {
    await make(100);
    await budgets.spend(85);
    expect(await toldPercents()).toEqual([80]);
    await budgets.spend(500);
    expect(await toldPercents()).toEqual([80, 100]);
  });

  it('is not reached by what is held only', async () => {
    await make(10);
    await budgets.hold([{}]);
    expect(await told()).toEqual([]);
  });

  it('is told of each budget, and again in the next period', async () => {
    const day = await make(100);
    const total = await make(100, { period: 'total' });
    await budgets.spend(60);
    await context.owner.query(
      `WITH gone AS (DELETE FROM budget_periods WHERE budget_id = $1 RETURNING *)
       INSERT INTO budget_periods SELECT project_id, budget_id, period_start - interval '1 day', held_pico_usd, spent_pico_usd, told_percent FROM gone`,
      [day],
    );
    await budgets.spend(70);

    const events = (await told()).map(({ subject, body }) => [subject, body.event.data.percent]);
    expect(events).toHaveLength(4);
    expect(events).toEqual(
      expect.arrayContaining([
        [day, 50],
        [total, 50],
        [total, 100],
      ]),
    );
    expect(events.filter(([subject]) => subject === day)).toEqual([
      [day, 50],
      [day, 50],
    ]);
    expect((await told()).find(({ subject }) => subject === total)?.body.event.data).toMatchObject({
      period_start: null,
    });
  });

  it('is told to nobody without a callback, and to the callback that is set later', async () => {
    await make(100, { callbackUrl: null });
    await budgets.spend(60);
    expect(await told()).toEqual([]);
    await context.owner.query('UPDATE budgets SET callback_url = $1', [URL_OF_RECEIVER]);
    await budgets.spend(1);
    expect(await toldPercents()).toEqual([50]);
  });

  it('of a budget that was ended is told to nobody', async () => {
    await make(100);
    const executionId = randomUUID();
    await budgets.hold([{ execution_id: executionId }]);
    await context.owner.query('UPDATE budgets SET archived_at = now()');
    await budgets.settle([{ execution_id: executionId, spent_pico_usd: 90 }]);
    expect(await told()).toEqual([]);
  });

  it('is told once by many settlements at once, and not by one that is undone', async () => {
    await make(1000);
    const executionIds = Array.from({ length: 100 }, () => randomUUID());
    await budgets.hold(executionIds.map((id, arrival) => ({ execution_id: id, arrival })));
    const undone = context.scope.transaction(context.projectId, async (tx) => {
      await tx.query('SELECT ledger_settle_holds($1)', [
        JSON.stringify([
          { project_id: context.projectId, execution_id: executionIds[0], attempt: 1, spent_pico_usd: 900 },
        ]),
      ]);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await told()).toEqual([]);

    await Promise.all(executionIds.map((id) => budgets.settle([{ execution_id: id, spent_pico_usd: 10 }])));

    expect(await toldPercents()).toEqual([50, 80, 100]);
  });

  it('is claimed for delivery as every event is', async () => {
    const id = await make(100);
    await budgets.spend(50);

    const claimed = await new WebhookEventsRepository(context.scope).claim({
      slots: 5,
      share: 5,
      busy: new Map(),
      leaseMs: 1000,
    });

    expect(claimed).toMatchObject([
      { type: 'budget.threshold', subject: id, url: URL_OF_RECEIVER, attempt: 1 },
    ]);
    expect(JSON.parse(claimed[0]!.body)).toMatchObject({ type: 'budget.threshold', data: { percent: 50 } });
  });
});

describe('dollars of an event', () => {
  it.each([
    '0',
    '1',
    '-3500000000000',
    '15',
    '12500000000000',
    '100000000000000000000000000',
    '999999999999',
  ])('of %s pico-dollars are written as everywhere', async (picos) => {
    const { rows } = await context.owner.query('SELECT ledger_wire_usd($1) AS usd', [picos]);
    expect(rows).toEqual([{ usd: formatPicoUsd(BigInt(picos)) }]);
  });
});
