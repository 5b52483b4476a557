export { BudgetsHttpModule, BudgetsModule } from './budgets.module.js';
export { BudgetExceededError, BudgetNotFoundError, type BudgetRefusal, type NamedBudget } from './errors.js';
