import type { ChangeList, ChangeSummary } from '@prompt-ledger/client';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { buttonClass } from '../../ui/controls/button';
import { type Column, DataTable } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { Select } from '../../ui/controls/field';
import { LoadMore } from '../../ui/controls/load-more';
import { Problem } from '../../ui/problem';
import { Screen } from '../../ui/screen';
import { given, readWord } from '../../ui/search-params';
import { Time } from '../../ui/text/time';
import { usePages } from '../../ui/hooks/use-pages';
import { visibleText } from '../../ui/text/visible-text';
import { ChangeStatus } from './change-status';
import { STATUSES } from './changes-search';

const route = getRouteApi('/changes');

const changesOf = ({ changes }: ChangeList) => changes;

const COLUMNS: readonly Column<ChangeSummary>[] = [
  {
    id: 'prompt',
    title: 'Prompt',
    width: 'minmax(140px, 1.6fr)',
    cell: ({ prompt_name: name }) => <span className="font-[560]">{name}</span>,
  },
  {
    id: 'move',
    title: 'Change',
    width: 'minmax(130px, 1.2fr)',
    cell: ({ environment, from_version: from, to_version: to, kind }) =>
      `${environment} ${from === null ? `v${to}` : `v${from} → v${to}`}${kind === 'rollout' ? ', rollout' : ''}`,
  },
  {
    id: 'status',
    title: 'Status',
    width: 'minmax(150px, 1.2fr)',
    cell: (change) => <ChangeStatus change={change} />,
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(120px, 2fr)',
    isMinor: true,
    cell: ({ reason }) => (
      <span className="text-ink-2" title={reason}>
        {visibleText(reason)}
      </span>
    ),
  },
  {
    id: 'by',
    title: 'Opened by',
    width: 'minmax(90px, 1fr)',
    isMinor: true,
    cell: ({ opened_by: by }) => visibleText(by),
  },
  { id: 'at', title: 'Opened', width: '124px', isMinor: true, cell: ({ opened_at: at }) => <Time at={at} /> },
];

/** Lists the requests for protected environments, newest first. */
export function ChangesScreen() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { items, ...pages } = usePages<ChangeSummary, ChangeList>(
    ['changes', 'list', search],
    (signal) => ledger.changes.list({ ...search, limit: 100 }, { signal }),
    changesOf,
  );
  const isEmpty = !pages.isPending && pages.error === null && items.length === 0;
  return (
    <Screen
      title="Changes"
      actions={
        <Select
          aria-label="Status"
          value={search.status ?? ''}
          onChange={({ target }) =>
            void navigate({ search: given({ status: readWord(target.value, STATUSES) }) })
          }
        >
          <option value="">Every status</option>
          {STATUSES.map((status) => (
            <option key={status}>{status}</option>
          ))}
        </Select>
      }
    >
      <div className="flex min-h-0 grow flex-col gap-3 px-4 py-4 md:px-5">
        {pages.error !== null && items.length === 0 && <Problem error={pages.error} onRetry={pages.retry} />}
        {isEmpty && search.status !== undefined && (
          <EmptyState
            title={`No change is ${search.status}`}
            action={
              <Link to="/changes" search={{}} className={buttonClass()}>
                Show all changes
              </Link>
            }
          >
            Look at the others.
          </EmptyState>
        )}
        {isEmpty && search.status === undefined && (
          <EmptyState
            title="No changes yet"
            command={`curl -X PUT ${window.location.origin}/v1/environments/prod \\
  -H "X-API-Key: $API_KEY" \\
  -d '{"protected": true, "approvals": {"required": 1}}'`}
          >
            In a protected environment a version runs once others have approved it. Protect one as an admin,
            then promote a version to it from the prompt’s page:
          </EmptyState>
        )}
        {items.length > 0 && (
          <DataTable
            label="Changes"
            columns={COLUMNS}
            rows={items}
            rowKey={({ change_id: id }) => id}
            rowPath={({ change_id: id }) => `/changes/${id}`}
            onEndReached={pages.readOn}
            onSight={pages.onSight}
            footer={<LoadMore isLoading={pages.isLoadingMore} error={pages.error} onRetry={pages.retry} />}
          />
        )}
      </div>
    </Screen>
  );
}
