import { Webhook } from 'standardwebhooks';
import { WebhookReceiver } from '../../fakes/webhook-receiver.js';
import { ANY_ID, ANY_TIME, expectProblem, type Stage, startStage, UNKNOWN_ID } from '../stage.js';
import { api, type ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';

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
let receiver: WebhookReceiver;

beforeAll(async () => {
  stage = await startStage({ WEBHOOK_ALLOWED_HOSTS: '127.0.0.1' });
  receiver = await WebhookReceiver.start();
});
afterAll(async () => {
  await stage.close();
  await receiver.stop();
});

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

    // A caller that sends null may mean "no limit", and would not notice that nothing has changed.
    for (const member of ['limit_usd', 'mode', 'name']) {
      const refused = await stage.admin.patch(path, { [member]: null });
      expectProblem(refused, 400, 'VALIDATION_FAILED');
      expect(refused.body['errors']).toEqual([
        { pointer: `/${member}`, message: expect.any(String) as string },
      ]);
    }

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
    ['money with an exponent', { limit_usd: '1e3' }, '/limit_usd'],
    ['no limit', { limit_usd: null }, '/limit_usd'],
    ['a fraction of a pico-dollar', { limit_usd: '0.0000000000001' }, '/limit_usd'],
    ['a negative limit', { limit_usd: '-1' }, '/limit_usd'],
    ['an unknown period', { period: 'year' }, '/period'],
    ['an unknown mode', { mode: 'stern' }, '/mode'],
    ['a team that is not named', { scope_value: undefined }, '/scope_value'],
    ['a value for the whole project', { scope: 'project', scope_value: 'x' }, '/scope_value'],
    ['a key that is no id', { scope: 'api_key', scope_value: 'checkout' }, '/scope_value'],
    ['an address inside', { callback_url: 'http://10.0.0.1/hook' }, '/callback_url'],
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

  it('say why money is refused that is no string', async () => {
    const answer = await stage.admin.post('/v1/budgets', { ...SUPPORT, limit_usd: 0.5 });

    expect(answer.body['errors']).toEqual([
      { pointer: '/limit_usd', message: expect.stringContaining('as a string, such as "250"') as string },
    ]);
  });

  it.each(['day', 'month', 'total'])('begin anew each %s', async (period) => {
    const { period_start: start } = await make({ period });

    const today = new Date().toISOString().slice(0, 10);
    const starts: Record<string, string | null> = {
      day: `${today}T00:00:00.000Z`,
      month: `${today.slice(0, 7)}-01T00:00:00.000Z`,
      total: null,
    };
    expect(start).toBe(starts[period]);
  });

  it('tell their callback how much is spent, signed, and show how that was delivered', async () => {
    const { budget_id: id } = await make({ limit_usd: '2.00', callback_url: receiver.url('/budget') });
    await stage.sql(
      `INSERT INTO budget_periods (project_id, budget_id, period_start)
       SELECT project_id, budget_id, ledger_budget_period(period) FROM budgets WHERE budget_id = $1`,
      [id],
    );
    await stage.sql(
      'UPDATE budget_periods SET spent_pico_usd = 1600000000001, held_pico_usd = 5 WHERE budget_id = $1',
      [id],
    );

    await eventually(async () => receiver.requests.length === 1);

    const [request] = receiver.requests as [(typeof receiver.requests)[number]];
    const { body } = await stage.admin.get<{ secret: string }>('/v1/webhooks/secret');
    const event = new Webhook(body.secret).verify(request.body, request.headers as Record<string, string>);
    const data = {
      budget_id: id,
      name: 'Support',
      scope: 'owner_team',
      scope_value: 'support',
      period: 'month',
      limit_usd: '2',
      spent_usd: '1.600000000001',
      held_usd: '0.000000000005',
      mode: 'hard',
    };
    const shown = (await stage.admin.get(`/v1/budgets/${id}`)).body;
    expect(shown).toMatchObject({ ...data, remaining_usd: '0.399999999994', percent: 80 });
    expect(event).toEqual({
      type: 'budget.threshold',
      timestamp: ANY_TIME,
      data: { ...data, period_start: shown['period_start'], percent: 80 },
    });
    const path = `/v1/budgets/${id}/deliveries`;
    await eventually(async () => JSON.stringify((await stage.admin.get(path)).body).includes('"delivered"'));
    expect((await stage.admin.get(path)).body).toMatchObject({
      deliveries: [{ event_type: 'budget.threshold', status: 'delivered', attempts: [{ attempt: 1 }] }],
    });
    expectProblem(await stage.admin.get(`/v1/budgets/${UNKNOWN_ID}/deliveries`), 404, 'BUDGET_NOT_FOUND');
  });
});
