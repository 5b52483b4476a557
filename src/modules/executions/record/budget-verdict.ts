import { BudgetExceededError, type BudgetRefusal, type NamedBudget } from '../../budgets/index.js';

/** A row of `ledger_hold_budgets`; all null for an entry without a budget. */
export interface VerdictRow {
  readonly verdict: 'free' | 'held' | 'clamped' | BudgetRefusal | null;
  /** The token limit of the answer. Set with `clamped`, and with `held` when the attempt was held for before. */
  readonly clamped_tokens: number | null;
  /** The budget that refused the execution. */
  readonly budget_id: string | null;
  readonly budget_name: string | null;
  readonly left_pico_usd: string | null;
  /** The use of its fullest budget, in percent. */
  readonly percent: number | null;
  readonly warned_by: string | null;
  readonly warned_by_name: string | null;
}

/** A budget that is close to its limit. */
export interface BudgetWarning {
  readonly budget: NamedBudget;
  /** The share of the limit that is spent or held. */
  readonly percent: number;
}

export interface BegunExecution {
  /** The `max_new_tokens` that a budget has set; null for an unchanged limit. */
  readonly clampedTokens: number | null;
  readonly warning: BudgetWarning | null;
  /** False when the ending certainly has no duties: no money is held and nobody has to be notified. */
  readonly mayHaveDuties: boolean;
}

/** The verdict where no budget applies and nobody has to be notified. */
export const BEGUN_FREELY: BegunExecution = { clampedTokens: null, warning: null, mayHaveDuties: false };

/** The lowest threshold at which a budget warns. */
const WARNS_FROM_PERCENT = 50;

export const BUDGET_WARNING_HEADER = 'X-Budget-Warning';

/** @returns null when the execution was not refused. */
export function toRefusal(row: VerdictRow): BudgetExceededError | null {
  const { verdict, budget_id: id, budget_name: name, left_pico_usd: left } = row;
  if (verdict !== 'refused' && verdict !== 'unpriced' && verdict !== 'unbounded') return null;
  return new BudgetExceededError(verdict, { id: id ?? '', name: name ?? '' }, BigInt(left ?? '0'));
}

/** @param hasCallback whether the end has to be announced. */
export function toBegun(row: VerdictRow, hasCallback: boolean): BegunExecution {
  const { verdict, percent, warned_by: id, warned_by_name: name } = row;
  const isFull = percent !== null && id !== null && percent >= WARNS_FROM_PERCENT;
  return {
    clampedTokens: row.clamped_tokens,
    warning: isFull ? { budget: { id, name: name ?? '' }, percent } : null,
    mayHaveDuties: hasCallback || verdict === 'held' || verdict === 'clamped',
  };
}

/** Returns the headers of a warning; none for a budget that is far from its limit. */
export function warningHeaders(warning: BudgetWarning | null): Readonly<Record<string, string>> {
  if (warning === null) return {};
  const { budget, percent } = warning;
  return {
    [BUDGET_WARNING_HEADER]: `budget_id=${budget.id}; percent=${percent}; ${nameParameter(budget.name)}`,
  };
}

/**
 * Writes a quoted string, or the form of RFC 8187 for a name with characters that a header cannot carry. `encodeURIComponent`
 * leaves four characters unencoded that this form requires encoded.
 */
function nameParameter(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return `name="${name.replaceAll(/["\\]/g, '\\$&')}"`;
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `name*=UTF-8''${encoded}`;
}
