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

/** Limits for spending, and the amounts spent. */
export class BudgetsResource {
  constructor(private readonly transport: Transport) {}

  /** It holds for every call that is admitted after the answer. */
  create(request: Sent<CreateBudgetRequest>, options?: CallOptions): ApiPromise<Budget> {
    return this.transport.post('/v1/budgets', request, options);
  }

  /** The oldest first; `await` for the first page, `for await` for all. */
  list(query: Sent<ListBudgetsQuery> = {}, options?: CallOptions): Pages<Budget, BudgetList> {
    return this.transport.pages('/v1/budgets', 'budgets', query, options);
  }

  get(budgetId: string, options?: CallOptions): ApiPromise<Budget> {
    return this.transport.get(path`/v1/budgets/${budgetId}`, undefined, options);
  }

  /** Calls under way go on. */
  update(budgetId: string, request: Sent<UpdateBudgetRequest>, options?: CallOptions): ApiPromise<Budget> {
    return this.transport.patch(path`/v1/budgets/${budgetId}`, request, options);
  }

  delete(budgetId: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/budgets/${budgetId}`, options);
  }
}
