import { BudgetExceededError, type BudgetRefusal } from '../../budgets/index.js';

/** What `ledger_hold_budgets` says of an entry; all null where nobody has a budget. */
export interface VerdictRow {
  readonly verdict: 'free' | 'held' | 'clamped' | BudgetRefusal | null;
  /** With `clamped`, and with `held` when it was held before: the tokens that the answer may have. */
  readonly clamped_tokens: number | null;
  /** Which budget refused it, and what that has left, as text. */
  readonly budget_id: string | null;
  readonly left_pico_usd: string | null;
  /** How full the fullest of its budgets is then. */
  readonly percent: number | null;
  readonly warned_by: string | null;
}

/** A budget that is getting full. */
export interface BudgetWarning {
  readonly budgetId: string;
  /** The share of the limit that is spent or held. */
  readonly percent: number;
}

export interface BegunExecution {
  /** `max_new_tokens` as a budget has brought it down; null: it stays as it was asked for. */
  readonly clampedTokens: number | null;
  readonly warning: BudgetWarning | null;
  /** False when its ending surely has nothing to do besides: no money is held and nobody is to be told. */
  readonly mayHaveDuties: boolean;
}

/** Nobody has a budget, and nobody is to be told. */
export const BEGUN_FREELY: BegunExecution = { clampedTokens: null, warning: null, mayHaveDuties: false };

/** The first of the thresholds that budgets tell of. */
const WARNS_FROM_PERCENT = 50;

export const BUDGET_WARNING_HEADER = 'X-Budget-Warning';

/** @returns null for what is not refused. */
export function refusalOf(row: VerdictRow): BudgetExceededError | null {
  const { verdict, budget_id: budgetId, left_pico_usd: left } = row;
  if (verdict !== 'refused' && verdict !== 'unpriced' && verdict !== 'unbounded') return null;
  return new BudgetExceededError(verdict, budgetId ?? '', BigInt(left ?? '0'));
}

/** @param hasCallback somebody is to be told when it ends. */
export function begunOf(row: VerdictRow, hasCallback: boolean): BegunExecution {
  const { verdict, percent, warned_by: budgetId } = row;
  const isFull = percent !== null && budgetId !== null && percent >= WARNS_FROM_PERCENT;
  return {
    clampedTokens: row.clamped_tokens,
    warning: isFull ? { budgetId, percent } : null,
    mayHaveDuties: hasCallback || verdict === 'held' || verdict === 'clamped',
  };
}

/** Headers of an answer; none for a budget that is far from its limit. */
export function warningHeaders(warning: BudgetWarning | null): Readonly<Record<string, string>> {
  return warning === null
    ? {}
    : { [BUDGET_WARNING_HEADER]: `budget_id=${warning.budgetId}; percent=${warning.percent}` };
}
