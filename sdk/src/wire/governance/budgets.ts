/** The calls that a budget limits. */
export type BudgetScope = 'project' | 'owner_team' | 'prompt' | 'api_key';
/** How often the budget starts again: each day or month (UTC), or never. */
export type BudgetPeriod = 'day' | 'month' | 'total';
/** `hard` refuses calls that may exceed the limit; `soft` only notifies. */
export type BudgetMode = 'hard' | 'soft';

export interface CreateBudgetRequest {
  readonly name: string;
  readonly scope: BudgetScope;
  /** The team, the prompt's name or the key's id; omitted for `project`. */
  readonly scope_value?: string | null;
  readonly period: BudgetPeriod;
  /** The limit for a period in dollars, as a decimal such as `250` or `0.50`. */
  readonly limit_usd: string;
  /** Default `hard`. */
  readonly mode?: BudgetMode;
  /** The address that is notified once per period at 50, 80 and 100 %. */
  readonly callback_url?: string | null;
}

/** Omitted members stay unchanged. */
export interface UpdateBudgetRequest {
  readonly name?: string;
  /** Also applies to the current period. */
  readonly limit_usd?: string;
  readonly mode?: BudgetMode;
  /** Null for no notification. */
  readonly callback_url?: string | null;
}

export interface Budget {
  readonly budget_id: string;
  readonly name: string;
  readonly scope: BudgetScope;
  /** Null for `project`. */
  readonly scope_value: string | null;
  readonly period: BudgetPeriod;
  /** Null for `total`. */
  readonly period_start: string | null;
  readonly limit_usd: string;
  /** The cost of calls in this period. */
  readonly spent_usd: string;
  /** The possible cost of calls that are under way or whose cost is not known yet. */
  readonly held_usd: string;
  /** Negative when a limit was lowered or a soft limit is exceeded. */
  readonly remaining_usd: string;
  /** The share of the limit that is spent or held, as a whole percentage. */
  readonly percent: number;
  readonly mode: BudgetMode;
  readonly callback_url: string | null;
  readonly created_by: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface BudgetList {
  /** Oldest first. */
  readonly budgets: readonly Budget[];
  readonly next_cursor: string | null;
}

export interface ListBudgetsQuery {
  readonly scope?: BudgetScope;
  readonly scope_value?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
