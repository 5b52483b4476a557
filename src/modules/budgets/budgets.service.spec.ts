import type { EntityManager } from 'typeorm';
import { AppConfig, parseEnvironment } from '../../infra/config/index.js';
import type { TenantScope } from '../../infra/database/index.js';
import { CallbackUrlPolicy } from '../../infra/outbound/index.js';
import type { AuditService } from '../audit/index.js';
import type { Caller } from '../auth/index.js';
import type { CreateBudgetDto } from './budgets.dto.js';
import type {
  BudgetChanges,
  BudgetFilter,
  BudgetRecord,
  BudgetsRepository,
  NewBudget,
} from './budgets.repository.js';
import { BudgetsService } from './budgets.service.js';

const ID = '01a204f2-89d6-751a-a4fa-d9b1aa7b92e1';
const KEY_ID = '01a204f2-89d6-751a-a4fa-d9b1aa7b92e2';
const AT = new Date('2026-02-03T04:05:06Z');
const BACKENDS = { databaseUrl: '', keyHashSecret: null, embedded: false };
const POLICY = new CallbackUrlPolicy(new AppConfig(parseEnvironment({}), BACKENDS));
const CALLER = {
  projectId: 'p',
  keyId: KEY_ID,
  name: 'ada',
  ancestors: [{ keyId: 'maker' }, { keyId: 'first' }],
} as unknown as Caller;

function record(changes: Partial<BudgetRecord> = {}): BudgetRecord {
  return {
    budgetId: ID,
    name: 'Support',
    scopeKind: 'owner_team',
    scopeValue: 'support',
    period: 'month',
    periodStart: new Date('2026-02-01T00:00:00Z'),
    limitPicoUsd: '250500000000000',
    spentPicoUsd: '0',
    heldPicoUsd: '0',
    mode: 'hard',
    callbackUrl: null,
    createdBy: 'ada',
    createdAt: AT,
    updatedAt: AT,
    ...changes,
  };
}

/** Keeps the budgets of the project `p` in memory. */
class Budgets {
  readonly inserted: NewBudget[] = [];
  readonly changes: BudgetChanges[] = [];
  readonly filters: BudgetFilter[] = [];

  constructor(public stored: BudgetRecord[] = []) {}

  insert(_tx: EntityManager, budget: NewBudget): Promise<BudgetRecord> {
    this.inserted.push(budget);
    return Promise.resolve(record(budget as Partial<BudgetRecord>));
  }

  find(_tx: EntityManager, projectId: string, budgetId: string): Promise<BudgetRecord | null> {
    const found = this.stored.find((each) => projectId === 'p' && each.budgetId === budgetId);
    return Promise.resolve(found ?? null);
  }

  list(_tx: EntityManager, _projectId: string, filter: BudgetFilter): Promise<BudgetRecord[]> {
    this.filters.push(filter);
    return Promise.resolve(this.stored.slice(0, filter.limit));
  }

  async update(
    tx: EntityManager,
    projectId: string,
    budgetId: string,
    changes: BudgetChanges,
  ): Promise<boolean> {
    this.changes.push(changes);
    const found = await this.find(tx, projectId, budgetId);
    if (found === null) return false;
    this.stored = [{ ...found, ...changes }];
    return true;
  }

  async archive(tx: EntityManager, projectId: string, budgetId: string): Promise<boolean> {
    const found = await this.find(tx, projectId, budgetId);
    this.stored = [];
    return found !== null;
  }
}

function setUp(...stored: BudgetRecord[]) {
  const budgets = new Budgets(stored);
  const entries: unknown[] = [];
  const scope = {
    transaction: (_projectId: string, work: (tx: EntityManager) => Promise<unknown>) =>
      work({} as EntityManager),
  };
  const audit = {
    append: (_tx: EntityManager, actor: unknown, entry: object) => {
      entries.push({ actor, ...entry });
      return Promise.resolve();
    },
  };
  const service = new BudgetsService(
    scope as unknown as TenantScope,
    budgets as unknown as BudgetsRepository,
    audit as unknown as AuditService,
    POLICY,
  );
  return { service, budgets, entries };
}

const REQUEST: CreateBudgetDto = { name: 'All', scope: 'project', period: 'total', limit_usd: '1.5' };
const CALLBACK = 'https://hooks.example.com/budgets';

const NEEDS_ID = [
  '/scope_value',
  'must be the id of a key',
  'Send the id of the key as scope_value; GET /v1/keys lists them.',
] as const;

describe('a new budget', () => {
  it('is hard, and tells nobody, unless it says so', async () => {
    const { service, budgets, entries } = setUp();
    const made = await service.create(CALLER, REQUEST);
    const less = {
      projectId: 'p',
      name: 'All',
      scopeKind: 'project',
      scopeValue: null,
      period: 'total',
      limitPicoUsd: '1500000000000',
      mode: 'hard',
      callbackUrl: null,
      createdBy: 'ada',
    };
    expect(budgets.inserted).toEqual([less]);
    expect(entries).toEqual([
      { actor: CALLER, action: 'budget.create', subject: `budget/${ID}`, after: made },
    ]);
    const more = { mode: 'soft', callback_url: CALLBACK, scope: 'api_key', scope_value: KEY_ID } as const;
    await service.create(CALLER, { ...REQUEST, ...more });
    expect(budgets.inserted[1]).toEqual({
      ...less,
      scopeKind: 'api_key',
      scopeValue: KEY_ID,
      mode: 'soft',
      callbackUrl: CALLBACK,
    });
  });

  it.each<[string, Partial<CreateBudgetDto>, string, string, string]>([
    [
      'a value for the whole project',
      { scope_value: 'support' },
      '/scope_value',
      'cannot be used with scope "project"',
      'A budget for the whole project has no scope_value; leave it out.',
    ],
    ['a key without its id', { scope: 'api_key' }, ...NEEDS_ID],
    ['a key by its name', { scope: 'api_key', scope_value: 'checkout' }, ...NEEDS_ID],
    [
      'an address that may not be called',
      { callback_url: 'http://10.0.0.1/' },
      '/callback_url',
      'must lead to a public host',
      'Send another callback_url: it must lead to a public host.',
    ],
  ])('is refused with %s', async (_what, changes, pointer, message, detail) => {
    const { service, budgets } = setUp();
    await expect(service.create(CALLER, { ...REQUEST, ...changes })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: detail,
      errors: [{ pointer, message }],
    });
    expect(budgets.inserted).toEqual([]);
  });

  it('of any other scope has the value that it was given', async () => {
    const { service, budgets } = setUp();
    await service.create(CALLER, { ...REQUEST, scope: 'prompt', scope_value: 'support/reply' });
    expect(budgets.inserted).toMatchObject([{ scopeKind: 'prompt', scopeValue: 'support/reply' }]);
  });
});

describe('a budget that is read', () => {
  it.each<[Partial<BudgetRecord>, object]>([
    [
      { limitPicoUsd: '10000000000000', spentPicoUsd: '2500000000000', heldPicoUsd: '600000000000' },
      { limit_usd: '10', spent_usd: '2.5', held_usd: '0.6', remaining_usd: '6.9', percent: 31 },
    ],
    [
      { limitPicoUsd: '3', spentPicoUsd: '2', heldPicoUsd: '2' },
      { remaining_usd: '-0.000000000001', percent: 133 },
    ],
    [{ limitPicoUsd: '0' }, { limit_usd: '0', remaining_usd: '0', percent: 100 }],
    [{ period: 'month' }, { period_start: '2026-02-01T00:00:00.000Z' }],
    [{ period: 'total' }, { period_start: null }],
  ])('of %j says %j', async (changes, view) => {
    const { service } = setUp(record(changes));
    expect(await service.get('p', ID)).toMatchObject(view);
  });

  it('has to be one of the project', async () => {
    await expect(setUp().service.get('p', ID)).rejects.toMatchObject({ code: 'BUDGET_NOT_FOUND' });
  });
});

describe('a list of budgets', () => {
  const [first, second] = [record(), record({ budgetId: KEY_ID })];

  it('has a cursor to what follows', async () => {
    const { service, budgets } = setUp(first, second);
    const page = await service.list('p', { scope: 'prompt', scope_value: 'a', limit: 1 });
    expect(page).toMatchObject({ budgets: [{ budget_id: ID }], next_cursor: expect.any(String) as string });
    const last = await service.list('p', { limit: 2, cursor: page.next_cursor as string });
    expect(last).toMatchObject({ budgets: [{ budget_id: ID }, { budget_id: KEY_ID }], next_cursor: null });
    expect(budgets.filters).toEqual([
      { scopeKind: 'prompt', scopeValue: 'a', afterId: undefined, limit: 2 },
      { scopeKind: undefined, scopeValue: undefined, afterId: ID, limit: 3 },
    ]);
  });

  it.each([['"no id"'], ['7'], [`"${ID}0"`], [`["${ID}"]`]])(
    'refuses a cursor that holds %s',
    async (text) => {
      const cursor = Buffer.from(text).toString('base64url');
      await expect(setUp().service.list('p', { limit: 1, cursor })).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      });
    },
  );
});

describe('a change of a budget', () => {
  it('is of what it names, and is written down with what was before', async () => {
    const { service, budgets, entries } = setUp(record({ callbackUrl: CALLBACK }));
    const before = await service.get('p', ID);
    const after = await service.update(CALLER, ID, { limit_usd: '2', name: 'Sales' });
    expect(after).toMatchObject({ limit_usd: '2', name: 'Sales', mode: 'hard', callback_url: CALLBACK });
    expect(entries).toEqual([
      { actor: CALLER, action: 'budget.update', subject: `budget/${ID}`, before, after },
    ]);
    await service.update(CALLER, ID, { mode: 'soft', callback_url: null });
    await service.update(CALLER, ID, { callback_url: CALLBACK });
    await service.update(CALLER, ID, {});
    expect(budgets.changes).toStrictEqual([
      { limitPicoUsd: '2000000000000', name: 'Sales' },
      { mode: 'soft', callbackUrl: null },
      { callbackUrl: CALLBACK },
      {},
    ]);
  });

  it('finds out when the budget is gone right after it', async () => {
    const { service, budgets, entries } = setUp(record());
    const { update } = budgets;
    budgets.update = async (...values) => {
      const isThere = await update.apply(budgets, values);
      budgets.stored = [];
      return isThere;
    };
    await expect(service.update(CALLER, ID, { name: 'Sales' })).rejects.toMatchObject({
      code: 'BUDGET_NOT_FOUND',
    });
    expect(entries).toEqual([]);
  });

  it('leads to no address that may not be called', async () => {
    const { service, budgets } = setUp(record());
    await expect(service.update(CALLER, ID, { callback_url: 'http://127.0.0.1/' })).rejects.toMatchObject({
      errors: [{ pointer: '/callback_url' }],
    });
    expect(budgets.changes).toEqual([]);
  });
});

describe('the end of a budget', () => {
  it('is written down with what it was', async () => {
    const { service, budgets, entries } = setUp(record());
    const before = await service.get('p', ID);
    await service.delete(CALLER, ID);
    expect(budgets.stored).toEqual([]);
    expect(entries).toEqual([{ actor: CALLER, action: 'budget.delete', subject: `budget/${ID}`, before }]);
  });
});

describe.each<[string, (service: BudgetsService, caller: Caller) => Promise<unknown>]>([
  ['a change', (service, caller) => service.update(caller, ID, { name: 'Sales' })],
  ['an end', (service, caller) => service.delete(caller, ID)],
])('%s of a budget', (_what, act) => {
  it('has to be of one of the project', async () => {
    const { service, entries } = setUp();
    await expect(act(service, CALLER)).rejects.toMatchObject({ code: 'BUDGET_NOT_FOUND' });
    expect(entries).toEqual([]);
  });

  it('finds out when somebody else has ended it meanwhile', async () => {
    const { service, budgets, entries } = setUp(record());
    budgets.update = budgets.archive = () => Promise.resolve(false);
    await expect(act(service, CALLER)).rejects.toMatchObject({ code: 'BUDGET_NOT_FOUND' });
    expect(entries).toEqual([]);
  });

  it.each(['maker', 'first', KEY_ID])('is not for the key that it binds by %j', async (scopeValue) => {
    const { service, budgets, entries } = setUp(record({ scopeKind: 'api_key', scopeValue }));
    await expect(act(service, CALLER)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'This budget limits the key that you use; change it with another key.',
      extensions: { missing_scopes: [] },
    });
    expect([budgets.changes, budgets.stored.length, entries]).toEqual([[], 1, []]);
  });

  it.each<[string, Partial<BudgetRecord>, Partial<Caller>]>([
    ['another key', { scopeKind: 'api_key', scopeValue: 'other' }, {}],
    ['a team of the same name', { scopeKind: 'owner_team', scopeValue: KEY_ID }, {}],
    ['no key at all', { scopeKind: 'api_key', scopeValue: null }, { keyId: null }],
  ])('may be of one that binds %s', async (_which, changes, who) => {
    const { service, entries } = setUp(record(changes));
    await act(service, { ...CALLER, ...who });
    expect(entries).toHaveLength(1);
  });
});
