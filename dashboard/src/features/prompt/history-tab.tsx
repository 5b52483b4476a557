import type { PointerMove, PointerMoveList, Prompt } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { ledger } from '../../api/ledger';
import { Chip } from '../../ui/chip';
import { type Column, DataTable } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { LoadMore } from '../../ui/controls/load-more';
import { Problem } from '../../ui/problem';
import { Time } from '../../ui/text/time';
import { usePages } from '../../ui/hooks/use-pages';
import { visibleText } from '../../ui/text/visible-text';

const movesOf = ({ moves }: PointerMoveList) => moves;

const COLUMNS: readonly Column<PointerMove>[] = [
  {
    id: 'environment',
    title: 'Environment',
    width: 'minmax(90px, 1fr)',
    cell: ({ environment }) => (environment === 'default' ? 'active' : environment),
  },
  {
    id: 'move',
    title: 'Version',
    width: 'minmax(110px, 1fr)',
    cell: ({ from_version: from, to_version: to, emergency }) => (
      <>
        {from === null ? `v${to}` : `v${from} → v${to}`} {emergency && <Chip tone="bad">emergency</Chip>}
      </>
    ),
  },
  { id: 'by', title: 'By', width: 'minmax(80px, 1fr)', cell: ({ moved_by: by }) => visibleText(by ?? '–') },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(120px, 2fr)',
    isMinor: true,
    cell: ({ reason }) => <span title={reason ?? undefined}>{visibleText(reason ?? '')}</span>,
  },
  {
    id: 'change',
    title: 'Change',
    width: '90px',
    isMinor: true,
    cell: ({ change_id: id }) =>
      id !== null && (
        <Link to="/changes/$id" params={{ id }} className="text-accent">
          change
        </Link>
      ),
  },
  { id: 'at', title: 'When', width: '118px', cell: ({ moved_at: at }) => <Time at={at} /> },
];

/** Which version ran where, since when, and who brought it there. */
export function HistoryTab({ prompt }: { readonly prompt: Prompt }) {
  const { items, ...pages } = usePages<PointerMove, PointerMoveList>(
    ['prompts', 'moves', prompt.name],
    (signal) => ledger.environments.moves(prompt.name, { limit: 100 }, { signal }),
    movesOf,
  );
  return (
    <div className="flex min-h-0 grow flex-col px-4 py-4 md:px-5">
      {pages.error !== null && items.length === 0 && <Problem error={pages.error} onRetry={pages.retry} />}
      {!pages.isPending && pages.error === null && items.length === 0 && (
        <EmptyState title="It was never pointed anywhere">
          Activate a version, or promote one to an environment.
        </EmptyState>
      )}
      {items.length > 0 && (
        <DataTable
          label="Moves"
          columns={COLUMNS}
          rows={items}
          rowKey={({ environment, moved_at: at, to_version: to }) => `${environment} ${at} ${to}`}
          rowPath={({ change_id: id }) => (id === null ? null : `/changes/${id}`)}
          onEndReached={pages.readOn}
          footer={<LoadMore isLoading={pages.isLoadingMore} error={pages.error} onRetry={pages.retry} />}
        />
      )}
    </div>
  );
}
