import type {
  Budget,
  BudgetMode,
  BudgetPeriod,
  BudgetScope,
  CreateBudgetRequest,
  UpdateBudgetRequest,
} from '@prompt-ledger/client';

/** A budget in the form, as typed. */
export interface BudgetDraft {
  readonly name: string;
  readonly scope: BudgetScope;
  /** Empty for the whole project. */
  readonly scopeValue: string;
  readonly period: BudgetPeriod;
  /** Dollars as a decimal. It stays text, because a number would lose digits. */
  readonly limit: string;
  readonly mode: BudgetMode;
  /** Empty for none. */
  readonly callbackUrl: string;
}

export const NEW_BUDGET: BudgetDraft = {
  name: '',
  scope: 'project',
  scopeValue: '',
  period: 'month',
  limit: '',
  mode: 'hard',
  callbackUrl: '',
};

export function toDraft(budget: Budget): BudgetDraft {
  return {
    name: budget.name,
    scope: budget.scope,
    scopeValue: budget.scope_value ?? '',
    period: budget.period,
    limit: budget.limit_usd,
    mode: budget.mode,
    callbackUrl: budget.callback_url ?? '',
  };
}

/** Whether everything required was filled in. The service judges the values themselves. */
export function isComplete({ name, scope, scopeValue, limit }: BudgetDraft): boolean {
  return name.trim() !== '' && limit.trim() !== '' && (scope === 'project' || scopeValue.trim() !== '');
}

export function readNew(draft: BudgetDraft): CreateBudgetRequest {
  return {
    name: draft.name.trim(),
    scope: draft.scope,
    ...(draft.scope === 'project' ? {} : { scope_value: draft.scopeValue.trim() }),
    period: draft.period,
    limit_usd: readDollars(draft.limit),
    mode: draft.mode,
    ...(draft.callbackUrl.trim() === '' ? {} : { callback_url: draft.callbackUrl.trim() }),
  };
}

/** Reads only what was changed, so that it does not undo what somebody else has changed meanwhile. */
export function readChanges(draft: BudgetDraft, before: Budget): UpdateBudgetRequest {
  const { name, limit_usd: limit, mode, callback_url: callbackUrl = null } = readNew(draft);
  return {
    ...(name === before.name ? {} : { name }),
    ...(limit === before.limit_usd ? {} : { limit_usd: limit }),
    ...(mode === undefined || mode === before.mode ? {} : { mode }),
    ...(callbackUrl === before.callback_url ? {} : { callback_url: callbackUrl }),
  };
}

/** Reads `$250` like `250`, as the page writes it. Anything else goes to the service as typed. */
function readDollars(text: string): string {
  return text.trim().replace(/^\$\s*/, '');
}
