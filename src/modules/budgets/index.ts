export { BudgetsHttpModule, BudgetsModule } from './budgets.module.js';
export { BudgetExceededError, BudgetNotFoundError, type BudgetRefusal } from './errors.js';
