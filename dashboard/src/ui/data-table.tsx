import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react';
import { classNames } from './text/class-names';
import { useMedia } from './hooks/use-media';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** A track of the grid, such as `minmax(160px, 2fr)`. */
  readonly width: string;
  readonly isNumber?: boolean;
  /** Left out on narrow screens. */
  readonly isMinor?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Path below `/app` of what the row is about; null for a row that leads nowhere. */
  readonly rowPath?: (row: Row) => string | null;
  /** In place of a path: opens the row where it is. */
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** Called when the end comes into sight. */
  readonly onEndReached?: () => void;
  readonly footer?: ReactNode;
}

const ROW_PX = 38;
/** Rows rendered beyond what is seen. */
const OVERSCAN = 12;

/**
 * A list of things in columns. Only what is in sight is in the page, so a hundred thousand rows cost what thirty do. The arrow
 * keys, Home and End go through the rows, Enter opens one.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowPath = () => null,
  onOpen,
  onEndReached,
  footer,
}: DataTableProps<Row>) {
  const isNarrow = useMedia('(max-width: 767px)');
  const shown = isNarrow ? columns.filter(({ isMinor }) => isMinor !== true) : columns;
  const template = { gridTemplateColumns: shown.map(({ width }) => width).join(' ') };
  const scroller = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (lastSeen >= rows.length - 1) onEndReached?.();
  }, [lastSeen, rows.length, onEndReached]);

  // The row that the keys have gone to and that is not in the page yet: the next key counts from it, however fast it follows.
  const goingTo = useRef<number | null>(null);
  const arrive = () => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${goingTo.current}"]`);
    if (row == null) return;
    goingTo.current = null;
    row.focus();
  };
  useEffect(arrive);
  const focusRow = (index: number) => {
    goingTo.current = Math.max(0, Math.min(rows.length - 1, index));
    virtual.scrollToIndex(goingTo.current);
    arrive();
  };
  const canOpen = (row: Row) => onOpen !== undefined || rowPath(row) !== null;
  const open = (row: Row) => {
    const path = rowPath(row);
    if (onOpen !== undefined) onOpen(row);
    else if (path !== null) void navigate({ to: path });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = goingTo.current ?? Number((event.target as HTMLElement).dataset['row'] ?? -1);
    const goals: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
    };
    const goal = goals[event.key];
    const row = rows[at];
    if (goal !== undefined) {
      event.preventDefault();
      focusRow(goal);
    } else if (event.key === 'Enter' && row !== undefined) open(row);
  };

  return (
    <div
      ref={scroller}
      className="min-h-0 shrink overflow-auto rounded-lg border bg-panel shadow-[0_1px_2px_rgb(0_0_0/.04)]"
      tabIndex={0}
      role="region"
      aria-label={label}
      onKeyDown={onKeyDown}
    >
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className="sticky top-0 z-[1] border-b bg-panel">
          <div role="row" className="grid" style={template}>
            {shown.map(({ id, title, isNumber }) => (
              <span
                key={id}
                role="columnheader"
                className={classNames(
                  'truncate px-3 py-2 text-[11.5px] font-[540] text-ink-3',
                  isNumber && 'text-right',
                )}
              >
                {title}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index] as Row;
            return (
              <div
                key={rowKey(row)}
                role="row"
                aria-rowindex={index + 2}
                tabIndex={-1}
                data-row={index}
                onClick={canOpen(row) ? () => open(row) : undefined}
                className={classNames(
                  'absolute inset-x-0 grid items-center border-b focus:bg-accent-soft focus:outline-none',
                  canOpen(row) && 'cursor-pointer hover:bg-code',
                )}
                style={{ ...template, height: ROW_PX, transform: `translateY(${start}px)` }}
              >
                {shown.map(({ id, cell, isNumber }) => (
                  <span
                    key={id}
                    role="cell"
                    className={classNames('min-w-0 truncate px-3', isNumber && 'text-right tabular-nums')}
                  >
                    {cell(row)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {footer}
    </div>
  );
}
