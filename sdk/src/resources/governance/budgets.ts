import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  path,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type {
  Budget,
  BudgetList,
  CreateBudgetRequest,
  ListBudgetsQuery,
  UpdateBudgetRequest,
} from '../../wire/index.js';

/** Spending limits, and the amounts spent. */
export class BudgetsResource {
  constructor(private readonly transport: Transport) {}

  /** Creates a budget, which applies to every call admitted after the answer. */
  create(request: Sent<CreateBudgetRequest>, options?: CallOptions): ApiPromise<Budget> {
    return this.transport.post('/v1/budgets', request, options);
  }

  /** Oldest first. `await` gives the first page, `for await` all items. */
  list(query: Sent<ListBudgetsQuery> = {}, options?: CallOptions): Pages<Budget, BudgetList> {
    return this.transport.pages('/v1/budgets', 'budgets', query, options);
  }

  get(budgetId: string, options?: CallOptions): ApiPromise<Budget> {
    return this.transport.get(path`/v1/budgets/${budgetId}`, undefined, options);
  }

  /** Changes a budget. Calls under way continue. */
  update(budgetId: string, request: Sent<UpdateBudgetRequest>, options?: CallOptions): ApiPromise<Budget> {
    return this.transport.patch(path`/v1/budgets/${budgetId}`, request, options);
  }

  delete(budgetId: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/budgets/${budgetId}`, options);
  }
}
