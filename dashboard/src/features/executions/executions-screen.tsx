import type { ExecutionList, ExecutionSummary } from '@prompt-ledger/client';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Button, buttonClass } from '../../ui/controls/button';
import { DataTable } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { Select } from '../../ui/controls/field';
import { LoadMore } from '../../ui/controls/load-more';
import { Problem } from '../../ui/problem';
import { Screen } from '../../ui/screen';
import { SearchBox } from '../../ui/controls/search-box';
import { given, readWord } from '../../ui/search-params';
import { usePages } from '../../ui/hooks/use-pages';
import { EXECUTION_COLUMNS } from './execution-columns';
import { FiltersDialog } from './filters-dialog';
import { FurtherFilters } from './further-filters';
import { queryOfSearch, type SearchChange, SPAN_NAMES, STATUSES } from './executions-search';

const route = getRouteApi('/executions');
const PAGE = 100;

const executionsOf = ({ executions }: ExecutionList) => executions;

/** Lists every request to run a prompt, newest first. */
export function ExecutionsScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayRead = useMay('executions:read');
  const [isFiltering, setFiltering] = useState(false);
  // The span is counted from when it was chosen, so that the pages of one list belong together.
  const query = useMemo(() => queryOfSearch(search, Date.now()), [search]);
  const { items, ...pages } = usePages<ExecutionSummary, ExecutionList>(
    ['executions', 'list', search],
    (signal) => ledger.executions.list({ ...query, limit: PAGE }, { signal }),
    executionsOf,
  );
  const narrow = useCallback(
    (change: SearchChange) =>
      void navigate({ search: (before) => given({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const onPrompt = useCallback((text: string) => narrow({ prompt: text.trim() || undefined }), [narrow]);
  const onEnvironment = useCallback(
    (text: string) => narrow({ environment: text.trim() || undefined }),
    [narrow],
  );
  const onCorrelation = useCallback(
    (text: string) => narrow({ correlation: text.trim() || undefined }),
    [narrow],
  );
  const isNarrowed = Object.keys(search).length > 0;
  const isEmpty = !pages.isPending && pages.error === null && items.length === 0;
  return (
    <Screen
      title="Executions"
      chips={
        items.length > 0 && (
          <span className="text-ink-3">{`${items.length}${pages.hasNextPage ? '+' : ''}`}</span>
        )
      }
      actions={<Button onClick={pages.refresh}>Refresh</Button>}
    >
      <div className="flex min-h-0 grow flex-col gap-3 px-4 py-4 md:px-5">
        <div role="group" aria-label="Filters" className="flex flex-none flex-wrap gap-2">
          <SearchBox label="Prompt, by its name" value={search.prompt ?? ''} onSearch={onPrompt} />
          <Select
            aria-label="Status"
            value={search.status ?? ''}
            onChange={({ target }) => narrow({ status: readWord(target.value, STATUSES) })}
          >
            <option value="">Every status</option>
            {STATUSES.map((status) => (
              <option key={status}>{status}</option>
            ))}
          </Select>
          <Select
            aria-label="Time"
            value={search.last ?? ''}
            onChange={({ target }) => narrow({ last: readWord(target.value, SPAN_NAMES) })}
          >
            <option value="">Any time</option>
            {SPAN_NAMES.map((span) => (
              <option key={span} value={span}>{`The last ${span}`}</option>
            ))}
          </Select>
          <SearchBox label="Environment" value={search.environment ?? ''} onSearch={onEnvironment} />
          <SearchBox label="Correlation id" value={search.correlation ?? ''} onSearch={onCorrelation} />
          <Button onClick={() => setFiltering(true)}>More filters …</Button>
          <FurtherFilters search={search} onRemove={(name) => narrow({ [name]: undefined })} />
        </div>
        {isFiltering && (
          <FiltersDialog
            search={search}
            onApply={(change) => {
              narrow(change);
              setFiltering(false);
            }}
            onClose={() => setFiltering(false)}
          />
        )}
        {pages.error !== null && items.length === 0 && <Problem error={pages.error} onRetry={pages.retry} />}
        {isEmpty && isNarrowed && (
          <EmptyState
            title="No execution fits"
            action={
              <Link to="/executions" search={{}} className={buttonClass()}>
                Show all executions
              </Link>
            }
          >
            Take a filter away. Names and ids are compared as a whole.
          </EmptyState>
        )}
        {isEmpty && !isNarrowed && (
          <EmptyState
            title="No executions yet"
            command={`curl -X POST ${window.location.origin}/v1/executions:run \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"prompt_name": "hello", "variables": {"name": "Ada"}}'`}
          >
            Each run of a prompt stands here with its version, its variables, what was sent, and what it cost.
            Run one:
          </EmptyState>
        )}
        {items.length > 0 && (
          <DataTable
            label="Executions"
            columns={EXECUTION_COLUMNS}
            rows={items}
            rowKey={({ execution_id: id }) => id}
            rowPath={({ execution_id: id }) => (mayRead ? `/executions/${id}` : null)}
            onEndReached={pages.readOn}
            onSight={pages.onSight}
            footer={<LoadMore isLoading={pages.isLoadingMore} error={pages.error} onRetry={pages.retry} />}
          />
        )}
      </div>
    </Screen>
  );
}
