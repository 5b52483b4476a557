import { BudgetExceededError, BudgetNotFoundError, type BudgetRefusal } from './errors.js';

describe('what a client is told of a budget', () => {
  it('that is not there', () => {
    expect(new BudgetNotFoundError('b-1')).toMatchObject({
      code: 'BUDGET_NOT_FOUND',
      status: 404,
      title: 'No such budget',
      message: 'Budget "b-1" was not found; GET /v1/budgets lists all budgets.',
    });
  });

  it.each<[BudgetRefusal, string]>([
    [
      'refused',
      'the request may cost more than is left of it; send a smaller max_new_tokens or "on_budget": "clamp", wait for the next period, or have the limit raised',
    ],
    ['unpriced', 'the model has no price, so the cost of the call is unknown; add one with POST /v1/prices'],
    [
      'unbounded',
      'nothing limits the length of the answer, so the cost of the call is unknown; send params.max_new_tokens or "on_budget": "clamp"',
    ],
  ])('that does not allow a call, because it is %s: how much is left, and what to do', (reason, why) => {
    expect(new BudgetExceededError(reason, { id: 'b-1', name: 'Growth' }, 1_500_000_000_000n)).toMatchObject({
      code: 'BUDGET_EXCEEDED',
      status: 402,
      title: 'The budget does not allow this call',
      message: `Budget "Growth" has 1.5 USD left, and ${why}.`,
      retryable: false,
      extensions: { budget_id: 'b-1', budget_name: 'Growth', remaining_usd: '1.5', reason },
    });
  });
});
