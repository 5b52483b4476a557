import type { Budget } from '@prompt-ledger/client';
import { visibleText } from '../../../ui/text/visible-text';

const PERIODS = { day: 'a day', month: 'a month', total: 'altogether' } as const;
const SCOPES = { project: 'the project', owner_team: 'team', prompt: 'prompt', api_key: 'key' } as const;

/** Says which calls a budget limits, and for how long. */
export function describeBudget({ scope, scope_value: value, period }: Budget): string {
  return `${SCOPES[scope]}${value === null ? '' : ` ${visibleText(value)}`}, ${PERIODS[period]}`;
}
