import { randomUUID } from 'node:crypto';
import { asks, BudgetRows, verdictsOf } from '../../support/rows/budget-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

let context: LedgerContext;
let budgets: BudgetRows;

beforeAll(async () => {
  context = await openLedgerContext();
  budgets = new BudgetRows(context);
});
afterAll(() => context.close());
afterEach(() => budgets.empty());

describe('a hold', () => {
  it('is not needed where no budget concerns the request', async () => {
    await budgets.make(0, { scope: 'prompt', value: 'another' });
    await budgets.make(0, { scope: 'owner_team', value: 'another' });
    await budgets.make(0, { scope: 'api_key', value: 'another' });

    const verdicts = await budgets.hold(asks(2, { prompt_name: 'p', owner_team: 't', key_id: 'k' }));

    expect(verdictsOf(verdicts)).toEqual(['free', 'free']);
  });

  it('of an experiment concerns its executions and no others', async () => {
    const id = randomUUID();
    const budget = await budgets.make(15, { scope: 'experiment', value: id, period: 'total' });

    const verdicts = await budgets.hold([
      { arrival: 1, batch_id: id },
      { arrival: 2, batch_id: randomUUID() },
      { arrival: 3 },
      { arrival: 4, batch_id: id },
    ]);

    expect(verdictsOf(verdicts)).toEqual(['held', 'free', 'free', 'refused']);
    expect(verdicts[3]).toMatchObject({ budget_id: budget, left_pico_usd: '5' });
  });

  it('is given as often as it fits, in the order of arrival, to requests of one batch', async () => {
    const id = await budgets.make(105);

    // The entries are sent in another order than they arrived.
    const verdicts = await budgets.hold(asks(64).reverse());

    expect(verdicts.filter(({ verdict }) => verdict === 'held')).toHaveLength(10);
    expect(verdictsOf(verdicts).slice(0, 11)).toEqual([
      ...Array.from({ length: 10 }, () => 'held'),
      'refused',
    ]);
    expect(verdicts[10]).toMatchObject({ budget_id: id, left_pico_usd: '5' });
    expect(await budgets.periods()).toEqual([{ budget_id: id, held: 100, spent: 0 }]);
  });

  it('lets a smaller request pass where a larger one before it did not fit', async () => {
    await budgets.make(25);

    const verdicts = await budgets.hold([
      { arrival: 1, max_new_tokens: 18 },
      { arrival: 2, max_new_tokens: 8 },
      { arrival: 3, max_new_tokens: 3 },
    ]);

    expect(verdictsOf(verdicts)).toEqual(['held', 'refused', 'held']);
  });

  it('is taken from every budget that concerns the request, or from none', async () => {
    const project = await budgets.make(1000);
    const team = await budgets.make(1000, { scope: 'owner_team', value: 'red', period: 'month' });
    const prompt = await budgets.make(15, { scope: 'prompt', value: 'p', period: 'total' });

    const verdicts = await budgets.hold([
      ...asks(2, { owner_team: 'red', prompt_name: 'p' }),
      { arrival: 9, owner_team: 'blue', prompt_name: 'q' },
    ]);

    expect(verdictsOf(verdicts)).toEqual(['held', 'refused', 'held']);
    expect(verdicts[1]).toMatchObject({ budget_id: prompt, left_pico_usd: '5' });
    expect(new Map((await budgets.periods()).map(({ budget_id: id, held }) => [id, held]))).toEqual(
      new Map([
        [project, 20],
        [team, 10],
        [prompt, 10],
      ]),
    );
  });

  it('is cut down to what the money allows, when the request says so', async () => {
    await budgets.make(20);

    const verdicts = await budgets.hold(asks(3, { clamp: true, max_new_tokens: 12 }));

    expect(verdicts.map(({ verdict, max_new_tokens: tokens }) => [verdict, tokens])).toEqual([
      ['held', null],
      ['clamped', 4],
      ['refused', null],
    ]);
  });

  it('is refused by a hard budget without a price, or without a bound on the answer', async () => {
    await budgets.make(1000);

    expect(
      verdictsOf(
        await budgets.hold([
          { arrival: 1, input_pico_usd: null },
          { arrival: 2, max_new_tokens: null },
          { arrival: 3, output_pico_usd: null },
        ]),
      ),
    ).toEqual(['unpriced', 'unbounded', 'unpriced']);
    expect(await budgets.periods()).toMatchObject([{ held: 0 }]);
  });

  it.each([
    // A rounded quotient of numerics would give one token or percent too many.
    ['6000000000000000000001', '2', '3000000000000000000', 1999],
    ['599999999999999999999', '0', '100000000000000000000', 5],
    ['2147483650', '2', '1', 2147483647],
    ['107', '2', '5', 21],
    ['106', '2', '5', 20],
    ['7', '2', '5', 1],
  ])(
    'of a budget of %s, input %s and output %s, is cut down to exactly %i tokens',
    async (limit, input, output, tokens) => {
      await budgets.make(limit);

      const [verdict] = await budgets.hold([
        { clamp: true, max_new_tokens: null, input_pico_usd: input, output_pico_usd: output },
      ]);

      expect(verdict).toMatchObject({ verdict: 'clamped', max_new_tokens: tokens });
      const { rows } = await context.owner.query(
        `SELECT p.held_pico_usd <= l.limit_pico_usd AND (p.held_pico_usd + $1::numeric > l.limit_pico_usd OR $2 = 2147483647) AS exact
       FROM budget_periods p JOIN budgets l USING (budget_id)`,
        [output, tokens],
      );
      expect(rows).toEqual([{ exact: true }]);
    },
  );

  it('is refused, and not cut down, where there is not money for a single token', async () => {
    await budgets.make(6);

    const verdicts = await budgets.hold([{ clamp: true, output_pico_usd: 5, max_new_tokens: null }]);

    expect(verdictsOf(verdicts)).toEqual(['refused']);
    expect(await budgets.periods()).toMatchObject([{ held: 0 }]);
  });

  it('of a call that costs nothing is given by a budget that is overspent', async () => {
    await budgets.make(5, { mode: 'soft' });
    await budgets.spend(9);
    await context.owner.query(`UPDATE budgets SET mode = 'hard'`);

    const free = { input_pico_usd: 0, output_pico_usd: 0 };
    const verdicts = await budgets.hold([
      { arrival: 0, ...free },
      { arrival: 1, ...free, max_new_tokens: null },
      { arrival: 2 },
    ]);

    expect(verdictsOf(verdicts)).toEqual(['held', 'held', 'refused']);
  });

  it('is never refused by a soft budget, which says how full it is', async () => {
    const id = await budgets.make(20, { mode: 'soft' });

    const verdicts = await budgets.hold(asks(3));

    expect(verdicts.map(({ verdict, percent }) => [verdict, percent])).toEqual([
      ['held', 50],
      ['held', 100],
      ['held', 150],
    ]);
    expect(await budgets.periods()).toEqual([{ budget_id: id, held: 30, spent: 0 }]);
  });

  it('is made once, though the batch be sent twice', async () => {
    await budgets.make(10);
    const entry = { execution_id: randomUUID(), arrival: 1 };

    await budgets.hold([entry]);
    const again = await budgets.hold([{ arrival: 0 }, entry]);

    expect(verdictsOf(again)).toEqual(['refused', 'held']);
    expect(await budgets.periods()).toMatchObject([{ held: 10 }]);
  });

  it('is given to no more than fit by batches that come at once, in any mixture of budgets', async () => {
    await budgets.make(400);
    await budgets.make(300, { scope: 'owner_team', value: 'red', period: 'month' });
    await budgets.make(250, { scope: 'prompt', value: 'p', period: 'total' });

    const batches = Array.from({ length: 40 }, (_, nth) =>
      budgets.hold(
        Array.from({ length: 8 }, (_unused, arrival) => ({
          arrival,
          owner_team: (nth + arrival) % 2 === 0 ? 'red' : 'blue',
          prompt_name: (nth + arrival) % 3 === 0 ? 'p' : 'q',
        })),
      ),
    );
    const verdicts = (await Promise.all(batches)).flat();

    expect(verdicts.filter(({ verdict }) => verdict === 'held')).toHaveLength(40);
    for (const { held } of await budgets.periods()) expect(held).toBeLessThanOrEqual(400);
  });
});

describe('a settlement', () => {
  it('turns what was held into what was spent, once, however often it is said', async () => {
    await budgets.make(100);
    const executionId = randomUUID();
    await budgets.hold([{ execution_id: executionId }]);

    await Promise.all(
      Array.from({ length: 1000 }, () => budgets.settle([{ execution_id: executionId, spent_pico_usd: 7 }])),
    );

    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 7 }]);
  });

  it('goes to the period of its hold, though another has begun', async () => {
    const id = await budgets.make(100);
    const executionId = randomUUID();
    await budgets.hold([{ execution_id: executionId }]);
    await budgets.moveToYesterday();
    await budgets.hold([{}]);

    await budgets.settle([{ execution_id: executionId, spent_pico_usd: 9 }]);

    expect(await budgets.periods()).toEqual([
      { budget_id: id, held: 0, spent: 9 },
      { budget_id: id, held: 10, spent: 0 },
    ]);
  });

  it('holds when the limit was cut while the call was under way, and may cost more than was held', async () => {
    await budgets.make(100);
    const executionId = randomUUID();
    await budgets.hold([{ execution_id: executionId }]);
    await context.owner.query('UPDATE budgets SET limit_pico_usd = 1');

    await budgets.settle([{ execution_id: executionId, spent_pico_usd: 12 }]);

    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 12 }]);
    expect(verdictsOf(await budgets.hold([{}]))).toEqual(['refused']);
  });
});
