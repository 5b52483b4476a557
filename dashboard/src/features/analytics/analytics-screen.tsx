import type { ExecutionFigures } from '@prompt-ledger/client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { ledger } from '../../api/ledger';
import { queryClient } from '../../api/query-client';
import { Button, buttonClass } from '../../ui/controls/button';
import { Select } from '../../ui/controls/field';
import { SearchBox } from '../../ui/controls/search-box';
import { EmptyState } from '../../ui/empty-state';
import { Problem } from '../../ui/problem';
import { Screen, ScreenBody } from '../../ui/screen';
import { given, readWord } from '../../ui/search-params';
import {
  type AnalyticsSearch,
  filterOfSearch,
  type Span,
  SPAN_NAMES,
  SPANS,
  spanOf,
} from './analytics-search';
import { Breakdown } from './breakdown';
import { BudgetsPanel } from './budgets/budgets-panel';
import { CHARTS } from './charts';
import { ChartPanel } from './chart-panel';
import { Totals } from './totals';

const route = getRouteApi('/analytics');

/** Shows the number of executions, their cost, speed and errors. Each figure leads to its executions. */
export function AnalyticsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { last = '7d' } = search;
  // The span starts from the moment of the choice, so that charts, tables and lists cover the same time.
  const span = useMemo(() => spanOf(last, Date.now()), [last]);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['analytics', 'time', search, span],
    queryFn: ({ signal }) =>
      ledger.analytics.executions(
        { ...filterOfSearch(search), group_by: span.unit, from: span.from, to: span.to },
        { signal },
      ),
  });
  const narrow = useCallback(
    (change: { [Key in keyof AnalyticsSearch]?: AnalyticsSearch[Key] | undefined }) =>
      void navigate({ search: (before) => given({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const refresh = () => {
    void refetch();
    void queryClient.invalidateQueries({ queryKey: ['budgets'] });
  };
  const onPrompt = useCallback((text: string) => narrow({ prompt: text.trim() || undefined }), [narrow]);
  const onModel = useCallback((text: string) => narrow({ model: text.trim() || undefined }), [narrow]);
  const onTeam = useCallback((text: string) => narrow({ team: text.trim() || undefined }), [narrow]);
  const onEnvironment = useCallback(
    (text: string) => narrow({ environment: text.trim() || undefined }),
    [narrow],
  );
  return (
    <Screen
      title="Analytics"
      actions={
        <Button disabled={isFetching} onClick={refresh}>
          Refresh
        </Button>
      }
    >
      <ScreenBody label="Analytics">
        <div className="grid gap-3.5">
          <div role="group" aria-label="Filters" className="flex flex-wrap gap-2">
            <Select
              aria-label="Time"
              value={last}
              onChange={({ target }) => narrow({ last: readWord(target.value, SPAN_NAMES) })}
            >
              {SPAN_NAMES.map((name) => (
                <option key={name} value={name}>
                  {SPANS[name].title}
                </option>
              ))}
            </Select>
            <SearchBox label="Prompt, by its name" value={search.prompt ?? ''} onSearch={onPrompt} />
            <SearchBox label="Model, provider/name" value={search.model ?? ''} onSearch={onModel} />
            <SearchBox label="Environment" value={search.environment ?? ''} onSearch={onEnvironment} />
            <SearchBox label="Team" value={search.team ?? ''} onSearch={onTeam} />
            {search.key !== undefined && (
              <Button onClick={() => narrow({ key: undefined })}>{`Key ${search.key.slice(0, 8)} ×`}</Button>
            )}
          </div>
          {error !== null && data === undefined && <Problem error={error} onRetry={() => void refetch()} />}
          {data !== undefined && <Shown figures={data} search={search} span={span} />}
          <BudgetsPanel />
        </div>
      </ScreenBody>
    </Screen>
  );
}

function Shown({
  figures,
  search,
  span,
}: {
  readonly figures: ExecutionFigures;
  readonly search: AnalyticsSearch;
  readonly span: Span;
}) {
  if (figures.total.execution_count === 0) {
    const isNarrowed = Object.keys(filterOfSearch(search)).length > 0;
    return isNarrowed ? (
      <EmptyState
        title="Nothing that fits has ended in this time"
        action={
          <Link to="/analytics" search={given({ last: search.last })} className={buttonClass()}>
            Show everything of this time
          </Link>
        }
      >
        Take a filter away, or look at a longer time. Names are compared as a whole.
      </EmptyState>
    ) : (
      <EmptyState
        title="Nothing has ended in this time"
        command={`curl -X POST ${window.location.origin}/v1/executions:run \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"prompt_name": "hello", "variables": {"name": "Ada"}}'`}
      >
        An execution is counted when it is over. Look at a longer time, or run a prompt:
      </EmptyState>
    );
  }
  return (
    <>
      <Totals total={figures.total} search={search} span={span} />
      <div className="grid gap-3.5 lg:grid-cols-2">
        {CHARTS.map((chart) => (
          <ChartPanel key={chart.title} chart={chart} figures={figures} search={search} span={span} />
        ))}
      </div>
      <Breakdown search={search} span={span} />
    </>
  );
}
