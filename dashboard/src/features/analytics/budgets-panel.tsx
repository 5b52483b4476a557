import type { Budget } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { ledger } from '../../api/ledger';
import { Chip } from '../../ui/chip';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { classNames } from '../../ui/text/class-names';
import { dollars } from '../../ui/text/format';
import { visibleText } from '../../ui/text/visible-text';

const PERIODS = { day: 'a day', month: 'a month', total: 'altogether' } as const;
const SCOPES = { project: 'the project', owner_team: 'team', prompt: 'prompt', api_key: 'key' } as const;
/** The percentage from which a budget counts as nearly used. */
const NEARLY = 80;

/** Shows the spending limits and their use. */
export function BudgetsPanel() {
  const { data, error, refetch } = useQuery({
    queryKey: ['budgets'],
    queryFn: async ({ signal }) => (await ledger.budgets.list({ limit: 200 }, { signal })).budgets,
  });
  return (
    <Panel title="Budgets" note="spent and held, of what may be spent">
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
          <BudgetRow key={budget.budget_id} budget={budget} />
        ))}
      </ul>
    </Panel>
  );
}

function BudgetRow({ budget }: { readonly budget: Budget }) {
  const { name, scope, scope_value: value, period, percent, mode } = budget;
  const isNearly = percent >= NEARLY;
  return (
    <li className="grid gap-1.5 border-t px-3.5 py-2.5 first:border-t-0">
      <span className="flex flex-wrap items-center gap-2">
        <b className="font-[560] break-all">{visibleText(name)}</b>
        <span className="break-all text-ink-2">
          {`${SCOPES[scope]}${value === null ? '' : ` ${visibleText(value)}`}, ${PERIODS[period]}`}
        </span>
        <Chip tone={mode === 'hard' ? 'plain' : 'info'}>{mode}</Chip>
        <span className="grow" />
        <span className="tabular-nums">
          {`${dollars(budget.spent_usd)} spent, ${dollars(budget.held_usd)} held, of ${dollars(budget.limit_usd)}`}
        </span>
        <b className={classNames('w-14 text-right font-[560] tabular-nums', isNearly && 'text-bad')}>
          {`${percent} %`}
        </b>
      </span>
      <span
        role="meter"
        aria-label={`Use of ${visibleText(name)}`}
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
