import type { ReactNode } from 'react';
import { LoadMore } from './controls/load-more';
import { type Column, DataTable } from './data-table';
import type { Rows } from './pages/rows';
import { Problem } from './problem';

/** A list as far as it has been read by `usePages` or `useWhole`. */
export interface Listed<Row> {
  readonly items: Rows<Row>;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly retry: () => void;
  readonly readOn?: () => void;
  readonly onSight?: (first: number, end: number) => void;
  readonly isLoadingMore?: boolean;
}

/** A list that fills its screen: its rows, why they cannot be read, or what to do while there are none. */
export function List<Row>({
  label,
  columns,
  listed: { items, isPending, error, retry, readOn, onSight, isLoadingMore = false },
  rowKey,
  rowPath,
  onOpen,
  empty,
  children,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly listed: Listed<Row>;
  readonly rowKey: (row: Row) => string;
  readonly rowPath?: (row: Row) => string | null;
  readonly onOpen?: ((row: Row) => void) | undefined;
  readonly empty: ReactNode;
  /** Shown above the rows. */
  readonly children?: ReactNode;
}) {
  return (
    <div className="flex min-h-0 grow flex-col gap-3 px-4 py-4 md:px-5">
      {children}
      {items.length === 0 && error !== null && <Problem error={error} onRetry={retry} />}
      {items.length === 0 && error === null && !isPending && empty}
      {items.length > 0 && (
        <DataTable
          label={label}
          columns={columns}
          rows={items}
          rowKey={rowKey}
          {...(rowPath === undefined ? {} : { rowPath })}
          onOpen={onOpen}
          onEndReached={readOn}
          onSight={onSight}
          footer={<LoadMore isLoading={isLoadingMore} error={error} onRetry={retry} />}
        />
      )}
    </div>
  );
}
