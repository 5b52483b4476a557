import { randomUUID } from 'node:crypto';
import { type LedgerContext, openLedgerContext } from '../support/ledger-context.js';

interface Verdict {
  readonly execution_id: string;
  readonly verdict: string;
  readonly max_new_tokens: number | null;
  readonly budget_id: string | null;
  readonly left_pico_usd: string | null;
  readonly percent: number | null;
}

interface Ask {
  readonly execution_id?: string;
  readonly attempt?: number;
  readonly arrival?: number;
  readonly owner_team?: string | null;
  readonly prompt_name?: string | null;
  readonly key_id?: string | null;
  readonly input_pico_usd?: number | null;
  readonly output_pico_usd?: number;
  readonly max_new_tokens?: number | null;
  readonly clamp?: boolean;
}

let context: LedgerContext;

beforeAll(async () => {
  context = await openLedgerContext();
});
afterAll(() => context.close());
afterEach(async () => {
  await context.owner.query(
    'TRUNCATE budget_holds, budget_periods, budgets, execution_attempts, executions CASCADE',
  );
});

async function budget(
  limit: number,
  { scope = 'project', value = null as string | null, period = 'day', mode = 'hard' } = {},
): Promise<string> {
  const { rows } = await context.owner.query<{ budget_id: string }>(
    `INSERT INTO budgets (project_id, name, scope_kind, scope_value, period, limit_pico_usd, mode)
     VALUES ($1, 'b', $2, $3, $4, $5, $6) RETURNING budget_id`,
    [context.projectId, scope, value, period, limit, mode],
  );
  return rows[0]!.budget_id;
}

/** By default each asks for 10: 2 for its input, and 8 tokens at 1. */
function asks(count: number, ask: Ask = {}): Ask[] {
  return Array.from({ length: count }, (_, arrival) => ({ arrival, ...ask }));
}

async function hold(entries: readonly Ask[], holdMs = 60_000): Promise<Verdict[]> {
  const asked = entries.map((entry) => ({
    project_id: context.projectId,
    execution_id: randomUUID(),
    attempt: 1,
    input_pico_usd: 2,
    output_pico_usd: 1,
    max_new_tokens: 8,
    ...entry,
  }));
  return context.scope.statement<Verdict>(context.projectId, {
    name: 'hold-budgets',
    text: 'SELECT * FROM ledger_hold_budgets($1, $2)',
    values: [JSON.stringify(asked), holdMs],
  });
}

async function settle(ended: readonly object[]): Promise<void> {
  await context.scope.statement(context.projectId, {
    name: 'settle-holds',
    text: 'SELECT ledger_settle_holds($1)',
    values: [JSON.stringify(ended.map((each) => ({ project_id: context.projectId, attempt: 1, ...each })))],
  });
}

async function periods(): Promise<{ budget_id: string; held: number; spent: number }[]> {
  const { rows } = await context.owner.query<{ budget_id: string; held: number; spent: number }>(
    'SELECT budget_id, held_pico_usd::float8 AS held, spent_pico_usd::float8 AS spent FROM budget_periods ORDER BY budget_id, period_start',
  );
  return rows;
}

function verdictsOf(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(({ verdict }) => verdict);
}

describe('a hold', () => {
  it('is not needed where no budget concerns the request', async () => {
    await budget(0, { scope: 'prompt', value: 'another' });
    await budget(0, { scope: 'owner_team', value: 'another' });
    await budget(0, { scope: 'api_key', value: 'another' });

    const verdicts = await hold(asks(2, { prompt_name: 'p', owner_team: 't', key_id: 'k' }));

    expect(verdictsOf(verdicts)).toEqual(['free', 'free']);
  });

  it('is given as often as it fits, in the order of arrival, to requests of one batch', async () => {
    const id = await budget(105);

    // Sent in another order than they came.
    const verdicts = await hold(asks(64).reverse());

    expect(verdicts.filter(({ verdict }) => verdict === 'held')).toHaveLength(10);
    expect(verdictsOf(verdicts).slice(0, 11)).toEqual([
      ...Array.from({ length: 10 }, () => 'held'),
      'refused',
    ]);
    expect(verdicts[10]).toMatchObject({ budget_id: id, left_pico_usd: '5' });
    expect(await periods()).toEqual([{ budget_id: id, held: 100, spent: 0 }]);
  });

  it('lets a smaller request pass where a larger one before it did not fit', async () => {
    await budget(25);

    const verdicts = await hold([
      { arrival: 1, max_new_tokens: 18 },
      { arrival: 2, max_new_tokens: 8 },
      { arrival: 3, max_new_tokens: 3 },
    ]);

    expect(verdictsOf(verdicts)).toEqual(['held', 'refused', 'held']);
  });

  it('is taken from every budget that concerns the request, or from none', async () => {
    const project = await budget(1000);
    const team = await budget(1000, { scope: 'owner_team', value: 'red', period: 'month' });
    const prompt = await budget(15, { scope: 'prompt', value: 'p', period: 'total' });

    const verdicts = await hold([
      ...asks(2, { owner_team: 'red', prompt_name: 'p' }),
      { arrival: 9, owner_team: 'blue', prompt_name: 'q' },
    ]);

    expect(verdictsOf(verdicts)).toEqual(['held', 'refused', 'held']);
    expect(verdicts[1]).toMatchObject({ budget_id: prompt, left_pico_usd: '5' });
    expect(new Map((await periods()).map(({ budget_id: id, held }) => [id, held]))).toEqual(
      new Map([
        [project, 20],
        [team, 10],
        [prompt, 10],
      ]),
    );
  });

  it('is cut down to what the money allows, when the request says so', async () => {
    await budget(20);

    const verdicts = await hold(asks(3, { clamp: true, max_new_tokens: 12 }));

    expect(verdicts.map(({ verdict, max_new_tokens: tokens }) => [verdict, tokens])).toEqual([
      ['held', null],
      ['clamped', 4],
      ['refused', null],
    ]);
  });

  it('is refused by a hard budget without a price, or without a bound on the answer', async () => {
    await budget(1000);

    expect(
      verdictsOf(
        await hold([
          { arrival: 1, input_pico_usd: null },
          { arrival: 2, max_new_tokens: null },
        ]),
      ),
    ).toEqual(['unpriced', 'unbounded']);
    expect(await periods()).toMatchObject([{ held: 0 }]);
  });

  it('is never refused by a soft budget, which says how full it is', async () => {
    const id = await budget(20, { mode: 'soft' });

    const verdicts = await hold(asks(3));

    expect(verdicts.map(({ verdict, percent }) => [verdict, percent])).toEqual([
      ['held', 50],
      ['held', 100],
      ['held', 150],
    ]);
    expect(await periods()).toEqual([{ budget_id: id, held: 30, spent: 0 }]);
  });

  it('is made once, though the batch be sent twice', async () => {
    await budget(10);
    const entry = { execution_id: randomUUID(), arrival: 1 };

    await hold([entry]);
    const again = await hold([{ arrival: 0 }, entry]);

    expect(verdictsOf(again)).toEqual(['refused', 'held']);
    expect(await periods()).toMatchObject([{ held: 10 }]);
  });

  it('is given to no more than fit by batches that come at once, in any mixture of budgets', async () => {
    await budget(400);
    await budget(300, { scope: 'owner_team', value: 'red', period: 'month' });
    await budget(250, { scope: 'prompt', value: 'p', period: 'total' });

    const batches = Array.from({ length: 40 }, (_, nth) =>
      hold(
        Array.from({ length: 8 }, (_unused, arrival) => ({
          arrival,
          owner_team: (nth + arrival) % 2 === 0 ? 'red' : 'blue',
          prompt_name: (nth + arrival) % 3 === 0 ? 'p' : 'q',
        })),
      ),
    );
    const verdicts = (await Promise.all(batches)).flat();

    expect(verdicts.filter(({ verdict }) => verdict === 'held')).toHaveLength(40);
    for (const { held } of await periods()) expect(held).toBeLessThanOrEqual(400);
  });
});

describe('a settlement', () => {
  it('turns what was held into what was spent, once, however often it is said', async () => {
    await budget(100);
    const executionId = randomUUID();
    await hold([{ execution_id: executionId }]);

    await Promise.all(
      Array.from({ length: 1000 }, () => settle([{ execution_id: executionId, spent_pico_usd: 7 }])),
    );

    expect(await periods()).toMatchObject([{ held: 0, spent: 7 }]);
  });

  it('goes to the period of its hold, though another has begun', async () => {
    const id = await budget(100);
    const executionId = randomUUID();
    await hold([{ execution_id: executionId }]);
    // As if it had been held yesterday.
    await context.owner.query('SET session_replication_role = replica');
    await context.owner.query(`UPDATE budget_periods SET period_start = period_start - interval '1 day'`);
    await context.owner.query(`UPDATE budget_holds SET period_start = period_start - interval '1 day'`);
    await context.owner.query('SET session_replication_role = origin');
    await hold([{}]);

    await settle([{ execution_id: executionId, spent_pico_usd: 9 }]);

    expect(await periods()).toEqual([
      { budget_id: id, held: 0, spent: 9 },
      { budget_id: id, held: 10, spent: 0 },
    ]);
  });

  it('holds when the limit was cut while the call was under way, and may cost more than was held', async () => {
    await budget(100);
    const executionId = randomUUID();
    await hold([{ execution_id: executionId }]);
    await context.owner.query('UPDATE budgets SET limit_pico_usd = 1');

    await settle([{ execution_id: executionId, spent_pico_usd: 12 }]);

    expect(await periods()).toMatchObject([{ held: 0, spent: 12 }]);
    expect(verdictsOf(await hold([{}]))).toEqual(['refused']);
  });

  it('counts all of a hold that expired', async () => {
    await budget(100);
    await hold([{}, {}], -1000);

    const [{ expired }] = (await context.scope.system<{ expired: number }>(
      'SELECT ledger_expire_holds(100) AS expired',
    )) as [{ expired: number }];

    expect(expired).toBe(2);
    expect(await periods()).toMatchObject([{ held: 0, spent: 20 }]);
  });
});
