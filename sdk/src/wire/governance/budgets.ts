/** The calls that a budget limits. */
export type BudgetScope = 'project' | 'owner_team' | 'prompt' | 'api_key';
/** Begins anew each day or month (UTC), or never. */
export type BudgetPeriod = 'day' | 'month' | 'total';
/** `hard` refuses what may go over it; `soft` only tells. */
export type BudgetMode = 'hard' | 'soft';

export interface CreateBudgetRequest {
  readonly name: string;
  readonly scope: BudgetScope;
  /** The team, the prompt's name or the key's id; left out for `project`. */
  readonly scope_value?: string | null;
  readonly period: BudgetPeriod;
  /** The most that may be spent in a period: dollars, as a decimal such as `250` or `0.50`. */
  readonly limit_usd: string;
  /** Default `hard`. */
  readonly mode?: BudgetMode;
  /** Is told when 50, 80 and 100 % are spent, once each a period. */
  readonly callback_url?: string | null;
}

/** Members that are left out stay as they are. */
export interface UpdateBudgetRequest {
  readonly name?: string;
  /** Holds for the current period too. */
  readonly limit_usd?: string;
  readonly mode?: BudgetMode;
  /** Null: no notification. */
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
  /** The possible cost of calls that are under way, or whose cost is not known yet. */
  readonly held_usd: string;
  /** Below 0 where a limit was cut, or a soft one is over. */
  readonly remaining_usd: string;
  /** The share of the limit that is spent or held, in whole percent. */
  readonly percent: number;
  readonly mode: BudgetMode;
  readonly callback_url: string | null;
  readonly created_by: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface BudgetList {
  /** The oldest first. */
  readonly budgets: readonly Budget[];
  readonly next_cursor: string | null;
}

export interface ListBudgetsQuery {
  readonly scope?: BudgetScope;
  readonly scope_value?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
