import type { BudgetPeriod, BudgetScope } from '@prompt-ledger/client';
import { useId } from 'react';
import { Input, Select } from '../../../ui/controls/field';
import { FormField } from '../../../ui/form/form';
import { visibleText } from '../../../ui/text/visible-text';
import type { BudgetDraft } from './budget-draft';
import { useScopeValues } from './use-scope-values';

const SCOPES: Readonly<Record<BudgetScope, string>> = {
  project: 'the whole project',
  owner_team: 'the prompts of a team',
  prompt: 'one prompt',
  api_key: 'one key, and the keys that it made',
};
const VALUES: Readonly<Record<BudgetScope, string>> = {
  project: '',
  owner_team: 'Team',
  prompt: 'Prompt',
  api_key: 'Id of the key',
};
const PERIODS: Readonly<Record<BudgetPeriod, string>> = {
  day: 'a day, in UTC',
  month: 'a month, in UTC',
  total: 'altogether',
};

/** Asks which calls a new budget limits, and for how long. */
export function ScopeFields({
  draft: { scope, scopeValue, period },
  onChange,
}: {
  readonly draft: BudgetDraft;
  readonly onChange: (change: Partial<BudgetDraft>) => void;
}) {
  const values = useScopeValues(scope);
  const listId = useId();
  const name = values.find(({ value }) => value === scopeValue.trim())?.name ?? null;
  return (
    <>
      <FormField label="It limits" pointer="/scope">
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={scope}
            onChange={({ target }) => onChange({ scope: target.value as BudgetScope, scopeValue: '' })}
          >
            {Object.entries(SCOPES).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </Select>
        )}
      </FormField>
      {scope !== 'project' && (
        <FormField
          label={VALUES[scope]}
          pointer="/scope_value"
          hint={name === null ? undefined : visibleText(name)}
        >
          {(props) => (
            <>
              <Input
                {...props}
                required
                maxLength={200}
                list={listId}
                value={scopeValue}
                onChange={({ target }) => onChange({ scopeValue: target.value })}
              />
              <datalist id={listId}>
                {values
                  .filter(({ isOver }) => !isOver)
                  .map((suggested) => (
                    <option key={suggested.value} value={suggested.value}>
                      {suggested.name}
                    </option>
                  ))}
              </datalist>
            </>
          )}
        </FormField>
      )}
      <FormField label="For" pointer="/period">
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={period}
            onChange={({ target }) => onChange({ period: target.value as BudgetPeriod })}
          >
            {Object.entries(PERIODS).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </Select>
        )}
      </FormField>
    </>
  );
}
