import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Rows, Span } from '../pages/rows';

/** More rows than this come between two readings of a list only when nobody looks. */
const FARTHEST = 200;

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
  const anchor = useRef<{ readonly index: number; readonly key: string } | null>(null);
  useLayoutEffect(() => {
    const keyAt = (index: number) => {
      const row = index < 0 || index >= rows.length ? undefined : rows.at(index);
      return row === undefined ? null : rowKey(row);
    };
    const before = anchor.current;
    const middle = Math.floor((first + end) / 2);
    const key = keyAt(middle);
    anchor.current = key === null ? null : { index: middle, key };
    // Asking where the list was scrolled to makes the browser lay it out, so it is asked only when rows have moved.
    if (before === null || scroller.current === null || keyAt(before.index) === before.key) return;
    for (let away = 1; away <= FARTHEST; away += 1) {
      const place = [before.index + away, before.index - away].find((index) => keyAt(index) === before.key);
      if (place === undefined) continue;
      if (scroller.current.scrollTop > 0) scroller.current.scrollTop += (place - before.index) * rowPx;
      return;
    }
  });
}
