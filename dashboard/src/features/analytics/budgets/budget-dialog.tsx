import type { Budget, BudgetMode } from '@prompt-ledger/client';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { Input, Select } from '../../../ui/controls/field';
import { EditDialog } from '../../../ui/form/edit-dialog';
import { FormField } from '../../../ui/form/form';
import { visibleText } from '../../../ui/text/visible-text';
import { type BudgetDraft, isComplete, NEW_BUDGET, readChanges, readNew, toDraft } from './budget-draft';
import { describeBudget } from './describe-budget';
import { ScopeFields } from './scope-fields';
import type { ScopeValue } from './use-scope-values';

/** Makes, changes or ends a budget. */
export function BudgetDialog({
  budget,
  keys,
  onDone,
  onClose,
}: {
  /** Null for a new budget. */
  readonly budget: Budget | null;
  /** The names of keys. */
  readonly keys: readonly ScopeValue[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const [draft, setDraft] = useState<BudgetDraft>(() => (budget === null ? NEW_BUDGET : toDraft(budget)));
  const put = (change: Partial<BudgetDraft>) => setDraft((before) => ({ ...before, ...change }));
  const isChanged = budget === null || Object.keys(readChanges(draft, budget)).length > 0;
  return (
    <EditDialog
      title={budget === null ? 'Make a budget' : visibleText(budget.name)}
      action={budget === null ? 'Make the budget' : 'Save the budget'}
      isReady={isComplete(draft) && isChanged}
      save={() =>
        budget === null
          ? ledger.budgets.create(readNew(draft))
          : ledger.budgets.update(budget.budget_id, readChanges(draft, budget))
      }
      done={({ name }) => `Budget ${name} is saved, and holds from now on.`}
      removal={
        budget && {
          label: 'Delete …',
          title: `Delete budget ${visibleText(budget.name)}?`,
          action: 'Delete the budget',
          done: `Budget ${visibleText(budget.name)} is gone.`,
          consequence:
            'It refuses no more calls and warns nobody. Calls under way are still settled to it. It cannot be brought back: another one would begin at zero.',
          run: () => ledger.budgets.delete(budget.budget_id),
        }
      }
      onDone={onDone}
      onClose={onClose}
    >
      <FormField label="Name" pointer="/name">
        {(props) => (
          <Input
            {...props}
            autoFocus
            required
            maxLength={200}
            value={draft.name}
            onChange={({ target }) => put({ name: target.value })}
          />
        )}
      </FormField>
      {budget === null ? (
        <ScopeFields draft={draft} onChange={put} />
      ) : (
        <p className="m-0 break-words text-ink-2">
          {`For ${describeBudget(budget, keys)}. What it limits stays: make another budget for something else.`}
        </p>
      )}
      <FormField
        label="Limit, in dollars"
        pointer="/limit_usd"
        hint={
          budget === null
            ? 'Such as 250 or 0.50, with at most 12 decimals'
            : 'It holds for the current period as well'
        }
      >
        {(props) => (
          <Input
            {...props}
            required
            inputMode="decimal"
            className="tabular-nums"
            value={draft.limit}
            onChange={({ target }) => put({ limit: target.value })}
          />
        )}
      </FormField>
      <FormField label="When a call may exceed it" pointer="/mode">
        {(props) => (
          <Select
            {...props}
            className="w-full"
            value={draft.mode}
            onChange={({ target }) => put({ mode: target.value as BudgetMode })}
          >
            <option value="hard">the call is refused (hard)</option>
            <option value="soft">the answer carries a warning (soft)</option>
          </Select>
        )}
      </FormField>
      <FormField
        label="Callback"
        pointer="/callback_url"
        hint="If you like: an address that is told when 50, 80 and 100 % are spent"
      >
        {(props) => (
          <Input
            {...props}
            inputMode="url"
            maxLength={2_048}
            value={draft.callbackUrl}
            onChange={({ target }) => put({ callbackUrl: target.value })}
          />
        )}
      </FormField>
    </EditDialog>
  );
}
