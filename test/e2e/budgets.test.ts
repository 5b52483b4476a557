import { ANY_ID, ANY_TIME, expectProblem, type Stage, startStage, UNKNOWN_ID } from './stage.js';
import { api, type ApiBody } from '../support/api-client.js';

interface Budget extends ApiBody {
  readonly budget_id: string;
}

const SUPPORT = {
  name: 'Support',
  scope: 'owner_team',
  scope_value: 'support',
  period: 'month',
  limit_usd: '250.50',
};

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

interface BudgetPage extends ApiBody {
  readonly budgets: readonly Budget[];
  readonly next_cursor: string | null;
}

async function listed(cursor: string | null): Promise<BudgetPage> {
  const rest = cursor === null ? '' : `&cursor=${cursor}`;
  const path = `/v1/budgets?scope=prompt&scope_value=listed&limit=2${rest}`;
  return (await stage.admin.get<BudgetPage>(path)).body;
}

async function make(more: ApiBody = {}): Promise<Budget> {
  const answer = await stage.admin.post<Budget>('/v1/budgets', { ...SUPPORT, ...more });
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('budgets', () => {
  it('are made, read, changed and ended', async () => {
    const made = await make();
    expect(made).toEqual({
      budget_id: ANY_ID,
      name: 'Support',
      scope: 'owner_team',
      scope_value: 'support',
      period: 'month',
      period_start: expect.stringMatching(/^\d{4}-\d\d-01T00:00:00\.000Z$/),
      limit_usd: '250.5',
      spent_usd: '0',
      held_usd: '0',
      remaining_usd: '250.5',
      percent: 0,
      mode: 'hard',
      callback_url: null,
      created_by: 'admin',
      created_at: ANY_TIME,
      updated_at: ANY_TIME,
    });
    const path = `/v1/budgets/${made.budget_id}`;
    expect((await stage.admin.get(path)).body).toEqual(made);

    const changed = await stage.admin.patch(path, { limit_usd: '0.000000000001', mode: 'soft' });
    expect(changed).toMatchObject({
      status: 200,
      body: { limit_usd: '0.000000000001', mode: 'soft', name: 'Support', period: 'month' },
    });

    expect((await stage.admin.delete(path)).status).toBe(204);
    expectProblem(await stage.admin.get(path), 404, 'BUDGET_NOT_FOUND');
    expectProblem(await stage.admin.delete(path), 404, 'BUDGET_NOT_FOUND');
    expectProblem(await stage.admin.patch(path, {}), 404, 'BUDGET_NOT_FOUND');
    const actions = await stage.sql<{ action: string }>(
      'SELECT action FROM audit_log WHERE subject = $1 ORDER BY audit_id',
      [`budget/${made.budget_id}`],
    );
    expect(actions.map(({ action }) => action)).toEqual(['budget.create', 'budget.update', 'budget.delete']);
  });

  it('are listed page by page, and by what they are for', async () => {
    const team = { scope: 'prompt', scope_value: 'listed' };
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await make({ ...team, name })).budget_id);

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: BudgetPage = await listed(cursor);
      seen.push(...page.budgets.map(({ budget_id: id }) => id));
      cursor = page.next_cursor;
    } while (cursor !== null);

    expect(seen).toEqual(ids);
  });

  it.each([
    ['a number for money', { limit_usd: 250 }, '/limit_usd'],
    ['a fraction of a pico-dollar', { limit_usd: '0.0000000000001' }, '/limit_usd'],
    ['a negative limit', { limit_usd: '-1' }, '/limit_usd'],
    ['an unknown period', { period: 'year' }, '/period'],
    ['an unknown mode', { mode: 'stern' }, '/mode'],
    ['a team that is not named', { scope_value: undefined }, '/scope_value'],
    ['a value for the whole project', { scope: 'project', scope_value: 'x' }, '/scope_value'],
    ['a key that is no id', { scope: 'api_key', scope_value: 'checkout' }, '/scope_value'],
    ['an address inside', { callback_url: 'http://127.0.0.1/hook' }, '/callback_url'],
    ['a field that there is not', { currency: 'EUR' }, '/currency'],
  ])('refuse %s', async (_, more, pointer) => {
    const answer = await stage.admin.post('/v1/budgets', { ...SUPPORT, ...more });

    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toContainEqual({ pointer, message: expect.any(String) as string });
  });

  it('are for those who may, and for their own project', async () => {
    const made = await make();
    const { body } = await stage.admin.post<{ key: string }>('/v1/keys', {
      name: 'reader',
      scopes: ['analytics:read'],
    });
    const reader = api(stage.ledger.url, body.key);

    expect((await reader.get(`/v1/budgets/${made.budget_id}`)).status).toBe(200);
    expectProblem(await reader.post('/v1/budgets', SUPPORT), 403, 'FORBIDDEN');
    expectProblem(await stage.admin.get(`/v1/budgets/${UNKNOWN_ID}`), 404, 'BUDGET_NOT_FOUND');
    expectProblem(await stage.admin.get('/v1/budgets/1'), 400, 'VALIDATION_FAILED');
  });
});
