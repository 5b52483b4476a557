import type { FigureGroup } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Panel } from '../../ui/panel';
import { Problem } from '../../ui/problem';
import { count, dollars, duration } from '../../ui/text/format';
import { visibleText } from '../../ui/text/visible-text';
import {
  type AnalyticsSearch,
  filterOfSearch,
  type Grouping,
  GROUPINGS,
  listOfSearch,
  type Span,
} from './analytics-search';
import { percent } from './charts';

const TITLES: Readonly<Record<Grouping, string>> = {
  prompt: 'Prompt',
  version: 'Version',
  model: 'Model',
  environment: 'Environment',
  owner_team: 'Team',
  api_key: 'Key',
};

const NONE: Readonly<Record<Grouping, string>> = {
  prompt: 'no prompt',
  version: 'no version',
  model: 'no model',
  environment: 'no environment',
  owner_team: 'no team',
  api_key: 'no key of its own',
};

/** The same figures, grouped by a common property of executions. Each bar leads to its executions. */
export function Breakdown({ search, span }: { readonly search: AnalyticsSearch; readonly span: Span }) {
  const { by = 'prompt' } = search;
  const { data, error, refetch } = useQuery({
    queryKey: ['analytics', 'by', by, search, span],
    queryFn: ({ signal }) =>
      ledger.analytics.executions(
        { ...filterOfSearch(search), group_by: by, from: span.from, to: span.to },
        { signal },
      ),
  });
  const most = Math.max(1, ...(data?.groups ?? []).map(({ execution_count: value }) => value));
  return (
    <Panel
      title="Breakdown"
      aside={
        <span role="group" aria-label="By what" className="flex flex-wrap gap-1 font-normal">
          {GROUPINGS.map((grouping) => (
            <Link
              key={grouping}
              to="/analytics"
              search={{ ...search, by: grouping }}
              replace
              resetScroll={false}
              aria-current={grouping === by ? 'true' : undefined}
              className="rounded-md px-2 py-0.5 text-ink-2 no-underline hover:bg-code aria-[current=true]:bg-accent-soft aria-[current=true]:text-accent"
            >
              {TITLES[grouping]}
            </Link>
          ))}
        </span>
      }
    >
      {error !== null && data === undefined && (
        <div className="p-3">
          <Problem error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {data !== undefined && (
        <div role="region" aria-label={`By ${TITLES[by]}`} tabIndex={0} className="overflow-x-auto">
          <table aria-label={`By ${TITLES[by]}`} className="w-full border-collapse">
            <thead className="text-left text-[11.5px] text-ink-3">
              <tr>
                <th className="px-3.5 py-2 font-[540]">{TITLES[by]}</th>
                {['Executions', 'Failed', 'Cost', 'Tokens', 'p50', 'p95', 'p99', 'Cache'].map((title) => (
                  <th key={title} className="px-3 py-2 text-right font-[540]">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.groups.map((group) => (
                <Row
                  key={group.key ?? ''}
                  group={group}
                  share={group.execution_count / most}
                  by={by}
                  search={search}
                  span={span}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Row({
  group,
  share,
  by,
  search,
  span,
}: {
  readonly group: FigureGroup;
  /** The length of the bar as a share of the largest group's, from 0 to 1. */
  readonly share: number;
  readonly by: Grouping;
  readonly search: AnalyticsSearch;
  readonly span: Span;
}) {
  const mayList = useMay('executions:list');
  const name = nameOf(group, by);
  const tokens = (value: number | null) => (value === null ? '–' : count(value));
  const { latency_ms: latency, execution_count: all } = group;
  return (
    <tr className="border-t hover:bg-code">
      <td className="min-w-[180px] px-3.5 py-1.5">
        {mayList ? (
          <Link
            to="/executions"
            search={{ ...listOfSearch(search, span), ...filterOfGroup(group.key, by) }}
            className="break-all text-ink no-underline hover:text-accent"
          >
            {name}
            <Bar share={share} />
          </Link>
        ) : (
          <>
            {name}
            <Bar share={share} />
          </>
        )}
      </td>
      <Figure>{count(all)}</Figure>
      <Figure>{percent(group.failed_count, all)}</Figure>
      <Figure>{dollars(group.cost_usd)}</Figure>
      <Figure>{`${tokens(group.prompt_tokens)} + ${tokens(group.response_tokens)}`}</Figure>
      <Figure>{duration(latency?.p50 ?? null)}</Figure>
      <Figure>{duration(latency?.p95 ?? null)}</Figure>
      <Figure>{duration(latency?.p99 ?? null)}</Figure>
      <Figure>{count(group.cache_hit_count)}</Figure>
    </tr>
  );
}

function Bar({ share }: { readonly share: number }) {
  return (
    <span aria-hidden className="mt-1 block h-1 rounded-full bg-code">
      <span className="block h-1 rounded-full bg-accent" style={{ width: `${Math.max(1, 100 * share)}%` }} />
    </span>
  );
}

function Figure({ children }: { readonly children: string }) {
  return <td className="px-3 py-1.5 text-right whitespace-nowrap tabular-nums">{children}</td>;
}

function nameOf({ key, key_name: keyName }: FigureGroup, by: Grouping): string {
  if (key === null) return NONE[by];
  if (by === 'api_key') return keyName == null ? key : visibleText(keyName);
  return by === 'version' ? key.replace(/@(\d+)$/, ' v$1') : visibleText(key);
}

/** Returns the filter of the list of executions for a group. */
function filterOfGroup(key: string | null, by: Grouping) {
  if (by === 'version') {
    const [, prompt, version] = /^(.*)@(\d+)$/.exec(key ?? '') ?? [];
    return prompt === undefined ? { without: 'prompt' as const } : { prompt, version: Number(version) };
  }
  if (key === null) return by === 'model' || by === 'environment' ? {} : { without: by };
  if (by === 'owner_team') return { team: key };
  if (by === 'api_key') return { key };
  return { [by]: key };
}
