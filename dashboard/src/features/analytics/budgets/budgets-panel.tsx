import type { Budget } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ledger } from '../../../api/ledger';
import { queryClient } from '../../../api/query-client';
import { useMay } from '../../../api/use-session';
import { Chip } from '../../../ui/chip';
import { Button } from '../../../ui/controls/button';
import { Panel } from '../../../ui/panel';
import { Problem } from '../../../ui/problem';
import { classNames } from '../../../ui/text/class-names';
import { dollars } from '../../../ui/text/format';
import { visibleText } from '../../../ui/text/visible-text';
import { BudgetDialog } from './budget-dialog';
import { DeliveriesDialog } from './deliveries-dialog';
import { describeBudget } from './describe-budget';
import { type ScopeValue, useScopeValues } from './use-scope-values';

/** The percentage from which a budget counts as nearly used. */
const NEARLY = 80;

type Asked =
  | { readonly what: 'edit'; /** Null for a new one. */ readonly budget: Budget | null }
  | { readonly what: 'deliveries'; readonly budget: Budget };

/** Shows the spending limits and their use, and lets those who may manage them do so. */
export function BudgetsPanel() {
  const mayWrite = useMay('budgets:write');
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['budgets', 'list'],
    queryFn: ({ signal }) => listAll(signal),
  });
  const hasKeys = data?.some(({ scope }) => scope === 'api_key') === true;
  const keys = useScopeValues(hasKeys ? 'api_key' : 'project');
  const make = mayWrite && (
    <Button onClick={() => setAsked({ what: 'edit', budget: null })}>Make a budget</Button>
  );
  return (
    <Panel title="Budgets" note="spent and held, of what may be spent" aside={make}>
      {error !== null && data === undefined && (
        <div className="p-3">
          <Problem error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {data?.length === 0 && (
        <p className="m-0 px-3.5 py-3 text-ink-2">There is no budget: nothing is refused for its cost.</p>
      )}
      <ul className="m-0 grid list-none gap-px p-0">
        {data?.map((budget) => (
          <BudgetRow
            key={budget.budget_id}
            budget={budget}
            keys={keys}
            mayWrite={mayWrite}
            onAsk={setAsked}
          />
        ))}
      </ul>
      {asked?.what === 'edit' && (
        <BudgetDialog
          budget={asked.budget}
          keys={keys}
          onDone={() => {
            close();
            void queryClient.invalidateQueries({ queryKey: ['budgets'] });
          }}
          onClose={close}
        />
      )}
      {asked?.what === 'deliveries' && <DeliveriesDialog budget={asked.budget} onClose={close} />}
    </Panel>
  );
}

/** The newest budgets are on the last page. */
async function listAll(signal: AbortSignal): Promise<readonly Budget[]> {
  const all: Budget[] = [];
  for await (const budget of ledger.budgets.list({ limit: 200 }, { signal })) all.push(budget);
  return all;
}

function BudgetRow({
  budget,
  keys,
  mayWrite,
  onAsk,
}: {
  readonly budget: Budget;
  /** The names of keys. */
  readonly keys: readonly ScopeValue[];
  readonly mayWrite: boolean;
  readonly onAsk: (asked: Asked) => void;
}) {
  const { name, percent, mode } = budget;
  const isNearly = percent >= NEARLY;
  const shown = visibleText(name);
  return (
    <li className="grid gap-1.5 border-t px-3.5 py-2.5 first:border-t-0">
      <span className="flex flex-wrap items-center gap-2">
        <b className="font-[560] break-all">{shown}</b>
        <span className="break-all text-ink-2">{describeBudget(budget, keys)}</span>
        <Chip tone={mode === 'hard' ? 'plain' : 'info'}>{mode}</Chip>
        <span className="grow" />
        <span className="tabular-nums">
          {`${dollars(budget.spent_usd)} spent, ${dollars(budget.held_usd)} held, of ${dollars(budget.limit_usd)}`}
        </span>
        <b className={classNames('w-14 text-right font-[560] tabular-nums', isNearly && 'text-bad')}>
          {`${percent} %`}
        </b>
        {budget.callback_url !== null && (
          <Button
            tone="ghost"
            aria-label={`Deliveries of ${shown}`}
            onClick={() => onAsk({ what: 'deliveries', budget })}
          >
            Deliveries
          </Button>
        )}
        {mayWrite && (
          <Button
            tone="ghost"
            aria-label={`Change … ${shown}`}
            onClick={() => onAsk({ what: 'edit', budget })}
          >
            Change …
          </Button>
        )}
      </span>
      <span
        role="meter"
        aria-label={`Use of ${shown}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, Math.max(0, percent))}
        className="block h-1.5 rounded-full bg-code"
      >
        <span
          className={classNames('block h-1.5 rounded-full', isNearly ? 'bg-bad' : 'bg-accent')}
          style={{ width: `${Math.min(100, Math.max(0, percent))}%` }}
        />
      </span>
    </li>
  );
}
