import type { Budget } from '@prompt-ledger/client';
import { visibleText } from '../../../ui/text/visible-text';
import type { ScopeValue } from './use-scope-values';

const PERIODS = { day: 'a day', month: 'a month', total: 'altogether' } as const;
const SCOPES = { project: 'the project', owner_team: 'team', prompt: 'prompt', api_key: 'key' } as const;

/**
 * Says which calls a budget limits, and for how long.
 * @param keys the names of keys, as far as they are known.
 */
export function describeBudget(
  { scope, scope_value: id, period }: Budget,
  keys: readonly ScopeValue[],
): string {
  const value = (scope === 'api_key' ? keys.find((key) => key.value === id)?.name : null) ?? id;
  return `${SCOPES[scope]}${value === null ? '' : ` ${visibleText(value)}`}, ${PERIODS[period]}`;
}
