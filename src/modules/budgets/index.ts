export { BudgetsHttpModule, BudgetsModule } from './budgets.module.js';
export { BudgetExceededError, type BudgetRefusal } from './errors.js';
