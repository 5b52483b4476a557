import { formatPicoUsd, LedgerError } from '../../kernel/index.js';

export class BudgetNotFoundError extends LedgerError {
  constructor(budgetId: string) {
    super({
      code: 'BUDGET_NOT_FOUND',
      status: 404,
      title: 'No such budget',
      detail: `Budget "${budgetId}" was not found; GET /v1/budgets lists all budgets.`,
    });
  }
}

/** Why a hard budget refuses a request. */
export type BudgetRefusal = 'refused' | 'unpriced' | 'unbounded';

const WHY: Record<BudgetRefusal, string> = {
  refused:
    'the request may cost more than is left of it; send a smaller max_new_tokens or "on_budget": "clamp", wait for the next period, or have the limit raised',
  unpriced: 'the model has no price, so the cost of the call is unknown; add one with POST /v1/prices',
  unbounded:
    'nothing limits the length of the answer, so the cost of the call is unknown; send params.max_new_tokens or "on_budget": "clamp"',
};

/** The name is for people, the id for programs. */
export interface NamedBudget {
  readonly id: string;
  readonly name: string;
}

/** Nothing was called, and nothing was written. */
export class BudgetExceededError extends LedgerError {
  constructor(refusal: BudgetRefusal, budget: NamedBudget, leftPicoUsd: bigint) {
    const left = formatPicoUsd(leftPicoUsd);
    super({
      code: 'BUDGET_EXCEEDED',
      status: 402,
      title: 'The budget does not allow this call',
      detail: `Budget "${budget.name}" has ${left} USD left, and ${WHY[refusal]}.`,
      extensions: { budget_id: budget.id, budget_name: budget.name, remaining_usd: left, reason: refusal },
    });
  }
}
