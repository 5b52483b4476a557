import { type RefObject, useLayoutEffect, useRef } from 'react';
import { findMoved, type Rows, type SeenRow, type Span } from '../pages/rows';

/**
 * Keeps the rows in sight in place when rows above them appear or disappear. At the very top a list shows new rows.
 *
 * @param rendered the rendered rows, with those in sight in the middle.
 */
export function useSteadyRows<Row>(
  scroller: RefObject<HTMLElement | null>,
  rows: Rows<Row>,
  { first, end }: Span,
  rowKey: (row: Row) => string,
  rowPx: number,
): void {
  const anchor = useRef<SeenRow | null>(null);
  useLayoutEffect(() => {
    const before = anchor.current;
    const index = Math.floor((first + end) / 2);
    const row = index < rows.length ? rows.at(index) : undefined;
    anchor.current = row === undefined ? null : { index, key: rowKey(row) };
    if (before === null || scroller.current === null) return;
    const movedTo = findMoved(rows, rowKey, before);
    // Reading the scroll position forces a layout, so it is read only when rows have moved.
    if (movedTo === null || movedTo === before.index) return;
    if (scroller.current.scrollTop > 0) scroller.current.scrollTop += (movedTo - before.index) * rowPx;
  });
}
