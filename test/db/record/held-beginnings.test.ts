import { randomBytes } from 'node:crypto';
import type { Beginning } from '../../../src/modules/executions/record/index.js';
import type { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { type Admitted, admittedFor, begunAs } from '../../support/rows/admitted.js';
import { BudgetRows } from '../../support/rows/budget-rows.js';
import { answered, failed } from '../../support/rows/call-outcomes.js';
import { endCall } from '../../support/rows/end-executions.js';
import { emptyTables } from '../../support/rows/execution-rows.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { insertOneOfEach, type LedgerRows } from '../../support/rows/ledger-rows.js';

/** The most that a call may cost: 2 for its prompt, and 8 tokens at 1. */
const BOUND = { inputPicoUsd: 2n, outputPicoUsd: 1n, responseTokens: 8 };

let context: LedgerContext;
let executions: ExecutionsRepository;
let budgets: BudgetRows;
let ids: LedgerRows;

beforeAll(async () => {
  context = await openLedgerContext();
  executions = context.executions;
  budgets = new BudgetRows(context);
  ids = await insertOneOfEach(context.owner, context.projectId);
});
beforeEach(async () => {
  await budgets.empty();
  await emptyTables(context.owner, 'idempotency_keys', 'execution_inputs', 'execution_outputs');
  context.connections.sent.length = 0;
});
afterAll(() => context.close());

async function beginning(
  more: Partial<Admitted> = {},
  { status = 'running', key }: { status?: 'running' | 'queued'; key?: string } = {},
): Promise<Beginning> {
  const [made] = await context.scope.system<{ id: string }>('SELECT ledger_uuid7() AS id');
  return {
    executionId: (made as { id: string }).id,
    projectId: context.projectId,
    requestedBy: 'admin',
    keyId: null,
    mode: status === 'running' ? 'sync' : 'async',
    status,
    createdAt: new Date(),
    leaseMs: 20_000,
    key: key === undefined ? null : { route: '/v1/executions:run', key, fingerprint: randomBytes(32) },
    admitted: admittedFor(ids, { bound: BOUND, ...more }),
  };
}

/** Returns one word for each: what the ledger says of it, and the cost when it was refused. */
async function beginAll(all: readonly Beginning[]): Promise<string[]> {
  const told = await Promise.allSettled(all.map((each) => executions.begin(each)));
  return told.map((each) =>
    each.status === 'fulfilled'
      ? begunAs(each.value)
      : String((each.reason as { extensions?: { reason?: string } }).extensions?.reason ?? each.reason),
  );
}

const count = async (table: string) =>
  (await context.owner.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]
    ?.count;

describe('requests that come together, on a budget that is nearly spent', () => {
  it('are let in in the order in which they came, as many as fit and not one more', async () => {
    await budgets.make(10 * 20 + 9);
    const all = await Promise.all(Array.from({ length: 64 }, () => beginning()));
    const told = await beginAll(all);
    expect(context.connections.sent.filter((name) => name === 'begin')).toHaveLength(1);
    expect(told).toEqual([...Array<string>(20).fill('begun'), ...Array<string>(44).fill('refused')]);
    const { rows } = await context.owner.query<{ execution_id: string }>(
      'SELECT execution_id FROM executions_all',
    );
    expect(rows.map(({ execution_id: id }) => id).sort()).toEqual(
      all
        .slice(0, 20)
        .map(({ executionId }) => executionId)
        .sort(),
    );
    expect(await budgets.periods()).toMatchObject([{ held: 200, spent: 0 }]);
    expect([await count('execution_inputs'), await count('execution_attempts_all')]).toEqual([20, 20]);
  });

  it('are queued in that order too', async () => {
    await budgets.make(35);
    const all = await Promise.all(Array.from({ length: 5 }, () => beginning({}, { status: 'queued' })));
    expect(await beginAll(all)).toEqual(['begun', 'begun', 'begun', 'refused', 'refused']);
  });

  it('are cut down to what is left, if they asked for it, and the execution says to what', async () => {
    await budgets.make(16);
    const all = await Promise.all([
      beginning({ params: { max_new_tokens: 8 } }),
      beginning({ params: { max_new_tokens: 8 }, onBudget: 'clamp' }),
      beginning({ onBudget: 'clamp' }),
    ]);
    const told = await Promise.allSettled(all.map((each) => executions.begin(each)));
    expect(told[0]).toMatchObject({ value: { clampedTokens: null } });
    expect(told[1]).toMatchObject({ value: { clampedTokens: 4, warning: { percent: 100 } } });
    expect(told[2]).toMatchObject({ reason: { code: 'BUDGET_EXCEEDED', status: 402 } });
    const { rows } = await context.owner.query(
      'SELECT max_new_tokens FROM executions_all ORDER BY max_new_tokens DESC',
    );
    expect(rows).toEqual([{ max_new_tokens: 8 }, { max_new_tokens: 4 }]);
  });
});

describe('what a budget refuses', () => {
  it('leaves nothing behind, its key neither: the request may be sent again', async () => {
    const budgetId = await budgets.make(5);
    const one = await beginning({}, { key: 'again' });
    await expect(executions.begin(one)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      extensions: {
        reason: 'refused',
        budget_id: budgetId,
        budget_name: 'b',
        remaining_usd: '0.000000000005',
      },
    });
    expect([
      await count('executions_all'),
      await count('idempotency_keys'),
      await budgets.holdCount(),
    ]).toEqual([0, 0, 0]);
    await context.owner.query('UPDATE budgets SET limit_pico_usd = 10');
    expect(await beginAll([{ ...one }])).toEqual(['begun']);
    expect(await count('idempotency_keys')).toBe(1);
  });

  it('keeps the keys of those beside it', async () => {
    await budgets.make(10);
    const both = await Promise.all([beginning({}, { key: 'b' }), beginning({}, { key: 'a' })]);
    expect(await beginAll(both)).toEqual(['begun', 'refused']);
    const { rows } = await context.owner.query('SELECT key FROM idempotency_keys');
    expect(rows).toEqual([{ key: 'b' }]);
  });

  it('says whether a price or a bound is what it lacks', async () => {
    await budgets.make(1_000_000);
    const all = await Promise.all([
      beginning({ bound: { ...BOUND, inputPicoUsd: null, outputPicoUsd: null } }),
      beginning({ bound: { ...BOUND, responseTokens: null } }),
    ]);
    expect(await beginAll(all)).toEqual(['unpriced', 'unbounded']);
  });

  it('is held once for a key that is sent twice, and once for a stale prompt that is prepared anew', async () => {
    await budgets.make(1000);
    const all = await Promise.all([
      beginning({}, { key: 'same' }),
      beginning({}, { key: 'same' }),
      beginning({ prompt: { ...admittedFor(ids).prompt, revision: 999 } as Admitted['prompt'] }),
    ]);
    expect((await beginAll(all)).sort()).toEqual(['begun', 'key_taken', 'stale']);
    expect(await budgets.periods()).toMatchObject([{ held: 10 }]);
  });
});

describe('a beginning whose answer is lost', () => {
  it('is held once, and keeps what it was cut down to', async () => {
    await budgets.make(14);
    const all = await Promise.all([
      beginning({}, { key: 'k' }),
      beginning({ onBudget: 'clamp', params: { max_new_tokens: 8 } }),
    ]);
    context.connections.loseAnswerOf('begin');
    const told = await Promise.all(all.map((each) => executions.begin(each)));
    expect(context.connections.sent.filter((name) => name === 'begin')).toHaveLength(2);
    expect(told).toMatchObject([{ clampedTokens: null }, { clampedTokens: 2 }]);
    expect(await budgets.periods()).toMatchObject([{ held: 14 }]);
  });
});

describe('a further attempt', () => {
  async function begun() {
    const one = await beginning();
    await executions.begin(one);
    return { projectId: one.projectId, executionId: one.executionId, fence: 1 };
  }

  it('takes the place of one that cost nothing', async () => {
    await budgets.make(10);
    const held = await begun();
    await executions.holdAgain(held, 2, BOUND, true);
    expect(await budgets.periods()).toMatchObject([{ held: 10, spent: 0 }]);
    await endCall(executions, held, 1, failed, { kind: 'running', model: admittedFor(ids).targets[0] });
    await endCall(executions, held, 2, answered('Hello'));
    // The answer does not report its cost, so all of the hold counts.
    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 10 }]);
  });

  it('has to find room beside one of which nobody knows what it cost', async () => {
    await budgets.make(15);
    const held = await begun();
    await expect(executions.holdAgain(held, 2, BOUND, false)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
    });
    expect(await budgets.periods()).toMatchObject([{ held: 10 }]);
  });

  it('is held of nothing where no budget is for it', async () => {
    const held = await begun();
    const free = { clampedTokens: null, warning: null, mayHaveDuties: false };
    expect(await executions.holdAgain(held, 2, BOUND, false)).toEqual(free);
    await budgets.make(1, { scope: 'owner_team', value: 'another team' });
    expect(await executions.holdAgain(held, 2, BOUND, false)).toEqual(free);
    expect(await budgets.periods()).toEqual([]);
  });

  it.each(['inputPicoUsd', 'outputPicoUsd'] as const)('is refused when nobody knows its %s', async (part) => {
    await budgets.make(1000);
    const held = await begun();
    await expect(executions.holdAgain(held, 2, { ...BOUND, [part]: null }, false)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      extensions: { reason: 'unpriced' },
    });
  });

  it('is held once, however often that is asked', async () => {
    await budgets.make(1000);
    const held = await begun();
    for (let time = 0; time < 3; time += 1) await executions.holdAgain(held, 2, BOUND, false);
    expect(await budgets.periods()).toMatchObject([{ held: 20 }]);
  });

  it('that was cut down is cut down to the same when it is asked for again', async () => {
    await budgets.make(16);
    const one = await beginning({ onBudget: 'clamp', params: { max_new_tokens: 8 } });
    await executions.begin(one);
    const held = { projectId: one.projectId, executionId: one.executionId, fence: 1 };
    for (let time = 0; time < 2; time += 1) {
      expect(await executions.holdAgain(held, 2, BOUND, false)).toMatchObject({ clampedTokens: 4 });
    }
    expect(await budgets.periods()).toMatchObject([{ held: 16 }]);
  });

  it('that is never made gives its money back when the execution is over', async () => {
    await budgets.make(1000);
    const held = await begun();
    await executions.holdAgain(held, 2, BOUND, false);
    await endCall(executions, held, 1, failed);
    expect(await budgets.periods()).toMatchObject([{ held: 0, spent: 0 }]);
  });
});

describe('a call that failed', () => {
  const failure = failed.succeeded ? null : failed.failure;

  it.each([
    ['before the vendor had begun to answer costs nothing', null, false, { held: 0, spent: 0 }],
    ['when a part of its answer had come costs nobody knows what', 5, true, { held: 10, spent: 0 }],
    [
      'over a whole answer costs nobody knows what, though no piece of it was timed',
      null,
      true,
      { held: 10, spent: 0 },
    ],
  ])('%s', async (_what, firstTokenMs, answerBegan, expected) => {
    await budgets.make(1000);
    const one = await beginning();
    await executions.begin(one);
    const held = { projectId: one.projectId, executionId: one.executionId, fence: 1 };
    const outcome = {
      succeeded: false as const,
      failure: {
        ...failure!,
        kind: 'provider_error' as const,
        partial: { collected: null, firstTokenMs, answerBegan },
      },
    };
    await endCall(executions, held, 1, outcome);
    expect(await budgets.periods()).toMatchObject([expected]);
  });
});

describe('claims', () => {
  it('see all that they have claimed, whatever is committed at the same time', async () => {
    const from = { afterProject: '00000000-0000-0000-0000-000000000000', passedOver: [] };
    const claimed = new Set<string>();
    let isSubmitting = true;
    const claiming = (async () => {
      while (isSubmitting) {
        const taken = await executions.claim(50, from);
        for (const { executionId } of taken) claimed.add(executionId);
      }
    })();
    for (let round = 0; round < 40; round += 1) {
      const all = await Promise.all(Array.from({ length: 8 }, () => beginning({}, { status: 'queued' })));
      await Promise.all(all.map((each) => executions.begin(each)));
    }
    isSubmitting = false;
    await claiming;
    const { rows } = await context.owner.query<{ id: string }>(
      `SELECT execution_id AS id FROM executions_all WHERE status = 'running'`,
    );
    expect(rows.filter(({ id }) => !claimed.has(id))).toEqual([]);
  });
});
