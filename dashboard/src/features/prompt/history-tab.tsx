import type { PointerMove, PointerMoveList, Prompt } from '@prompt-ledger/client';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ledger } from '../../api/ledger';
import { useMay } from '../../api/use-session';
import { Button } from '../../ui/controls/button';
import { Chip } from '../../ui/chip';
import { type Column, DataTable } from '../../ui/data-table';
import { EmptyState } from '../../ui/empty-state';
import { LoadMore } from '../../ui/controls/load-more';
import { Problem } from '../../ui/problem';
import { Time } from '../../ui/text/time';
import { useKeptPages } from '../../ui/hooks/use-pages';
import { visibleText } from '../../ui/text/visible-text';
import { RollbackDialog } from './promotion/rollback-dialog';

const movesOf = ({ moves }: PointerMoveList) => moves;
const latestOf = ({ moves }: PointerMoveList) => listLatest(moves);

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

/** Shows which version ran where, since when, and who moved it there. */
export function HistoryTab({ prompt }: { readonly prompt: Prompt }) {
  const { items, kept, ...pages } = useKeptPages<PointerMove, PointerMoveList, readonly PointerMove[]>(
    ['prompts', 'moves', prompt.name],
    (signal) => ledger.environments.moves(prompt.name, { limit: 100 }, { signal }),
    movesOf,
    latestOf,
  );
  const mayMove = useMay('environments:move');
  const [chosen, setChosen] = useState<PointerMove | null>(null);
  const latest = mayMove ? listLatest(kept.flat()).filter(({ from_version: from }) => from !== null) : [];
  return (
    <div className="flex min-h-0 grow flex-col gap-3 px-4 py-4 md:px-5">
      {latest.length > 0 && (
        <div className="flex flex-none flex-wrap gap-2">
          {latest.map((move) => (
            <Button key={move.environment} onClick={() => setChosen(move)}>
              {`Roll ${move.environment === 'default' ? 'active' : visibleText(move.environment)} back to v${move.from_version} …`}
            </Button>
          ))}
        </div>
      )}
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
          onSight={pages.onSight}
          footer={<LoadMore isLoading={pages.isLoadingMore} error={pages.error} onRetry={pages.retry} />}
        />
      )}
      {chosen?.from_version != null && (
        <RollbackDialog
          prompt={prompt}
          environment={chosen.environment}
          from={chosen.to_version}
          to={chosen.from_version}
          onClose={() => setChosen(null)}
        />
      )}
    </div>
  );
}

/** Returns the latest move of each environment. @param moves newest first. */
function listLatest(moves: readonly PointerMove[]): readonly PointerMove[] {
  const latest = new Map<string, PointerMove>();
  for (const move of moves) if (!latest.has(move.environment)) latest.set(move.environment, move);
  return [...latest.values()];
}
