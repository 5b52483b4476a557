import { type RefObject, useLayoutEffect, useRef } from 'react';
import { findMoved, type Rows, type SeenRow, type Span } from '../pages/rows';

/**
 * Keeps what is in sight where it is when rows come or go above it. At the very top a list shows what is new.
 *
 * @param rendered rows, those in sight in their middle.
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
    // Asking where the list was scrolled to makes the browser lay it out, so it is asked only when rows have moved.
    if (movedTo === null || movedTo === before.index) return;
    if (scroller.current.scrollTop > 0) scroller.current.scrollTop += (movedTo - before.index) * rowPx;
  });
}
