import { useNavigate } from '@tanstack/react-router';
import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
} from 'react';
import { useMedia } from './hooks/use-media';
import { useSteadyRows } from './hooks/use-steady-rows';
import { useRowsByTurns } from './hooks/use-rows-by-turns';
import { scrollToRow, useRowsInSight } from './hooks/use-rows-in-sight';
import type { Rows } from './pages/rows';
import { classNames } from './text/class-names';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** A track of the grid, such as `minmax(160px, 2fr)`. */
  readonly width: string;
  readonly isNumber?: boolean;
  /** Hidden on narrow screens. */
  readonly isMinor?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Rows that are not loaded stay blank until they are. Loaded rows may stay blank for a few tasks after a jump. */
  readonly rows: Rows<Row>;
  readonly rowKey: (row: Row) => string;
  /** Returns the path of a row's subject below `/app`; null for a row that leads nowhere. */
  readonly rowPath?: (row: Row) => string | null;
  /** Opens the row in place, instead of a path. */
  readonly onOpen?: ((row: Row) => void) | undefined;
  /** Called when the end comes into sight. */
  readonly onEndReached?: (() => void) | undefined;
  /** Called with the rows that are rendered, or soon will be. @param end the row after the last one. */
  readonly onSight?: ((first: number, end: number) => void) | undefined;
  readonly footer?: ReactNode;
}

const ROW_PX = 38;

/**
 * A list of things in columns. Only the rows in sight are in the page, so a hundred thousand rows cost what thirty do. The arrow
 * keys, Home and End move through the rows, and Enter opens one.
 */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  rowPath = () => null,
  onOpen,
  onEndReached,
  onSight,
  footer,
}: DataTableProps<Row>) {
  const isNarrow = useMedia('(max-width: 767px)');
  const shown = useMemo(
    () => (isNarrow ? columns.filter(({ isMinor }) => isMinor !== true) : columns),
    [columns, isNarrow],
  );
  const template = useMemo(
    () => ({ gridTemplateColumns: shown.map(({ width }) => width).join(' ') }),
    [shown],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const rendered = useRowsInSight(scroller, rows.length, ROW_PX);
  const { first, end } = rendered;
  const whole = useRowsByTurns(rendered);
  useEffect(() => onSight?.(first, end), [first, end, onSight]);
  useEffect(() => {
    if (end >= rows.length) onEndReached?.();
  }, [end, rows, onEndReached]);
  useSteadyRows(scroller, rows, rendered, rowKey, ROW_PX);

  // The row that the keys have moved to before it is rendered: the next key counts from it, however fast it follows.
  const goingTo = useRef<number | null>(null);
  const arrive = () => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${goingTo.current}"]`);
    if (row == null) return;
    row.focus();
    // A blank row is replaced by its loaded row, which must get the focus as well.
    if (row.getAttribute('aria-busy') !== 'true') goingTo.current = null;
  };
  useEffect(arrive);
  const focusRow = (index: number) => {
    goingTo.current = Math.max(0, Math.min(rows.length - 1, index));
    if (scroller.current !== null)
      scrollToRow(scroller.current, goingTo.current, ROW_PX, head.current?.offsetHeight ?? 0);
    arrive();
  };
  const open = (row: Row) => {
    const path = rowPath(row);
    if (onOpen !== undefined) onOpen(row);
    else if (path !== null) void navigate({ to: path });
  };
  // A stable function, so that a rendered row is not rendered again.
  const latestOpen = useRef(open);
  useEffect(() => {
    latestOpen.current = open;
  });
  const onPick = useCallback((row: Row) => latestOpen.current(row), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = goingTo.current ?? Number((event.target as HTMLElement).dataset['row'] ?? -1);
    const goals: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
    };
    const goal = goals[event.key];
    const row = at < 0 ? undefined : rows.at(at);
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
        <div ref={head} role="rowgroup" className="sticky top-0 z-[1] border-b bg-panel">
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
        <div role="rowgroup" className="relative" style={{ height: rows.length * ROW_PX }}>
          <div role="presentation" className="absolute inset-x-0" style={{ top: first * ROW_PX }}>
            {Array.from({ length: Math.max(0, end - first) }, (_, at) => {
              const index = first + at;
              const row = rows.at(index);
              const isWhole = index >= whole.first && index < whole.end;
              if (row === undefined || !isWhole) return <BlankRow key={index} index={index} />;
              return (
                <TableRow
                  key={rowKey(row)}
                  row={row}
                  index={index}
                  columns={shown}
                  template={template}
                  onPick={onOpen !== undefined || rowPath(row) !== null ? onPick : null}
                />
              );
            })}
          </div>
        </div>
      </div>
      {footer}
    </div>
  );
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly Column<Row>[];
  readonly template: CSSProperties;
  /** Null for a row that leads nowhere. */
  readonly onPick: ((row: Row) => void) | null;
}

/** Stands for a row that is being read, or rendered in the next task. */
function BlankRow({ index }: { readonly index: number }) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-busy
      tabIndex={-1}
      data-row={index}
      className="flex h-[38px] items-center border-b px-3 [contain:strict] focus:bg-accent-soft focus:outline-none"
    >
      <span role="cell" className="h-2 w-40 rounded bg-code">
        <span className="sr-only">Loading …</span>
      </span>
    </div>
  );
}

/** A row does not depend on the layout around it, so the browser lays out only new rows. */
const TableRow = memo(function TableRow<Row>({ row, index, columns, template, onPick }: TableRowProps<Row>) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      tabIndex={-1}
      data-row={index}
      onClick={onPick === null ? undefined : () => onPick(row)}
      className={classNames(
        'grid h-[38px] items-center border-b [contain:strict] focus:bg-accent-soft focus:outline-none',
        onPick !== null && 'cursor-pointer hover:bg-code',
      )}
      style={template}
    >
      {columns.map(({ id, cell, isNumber }) => (
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
}) as <Row>(props: TableRowProps<Row>) => ReactNode;
