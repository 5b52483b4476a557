import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Rows } from '../pages/rows';

/** More rows than this come between two readings of a list only when nobody looks. */
const FARTHEST = 200;

/**
 * Keeps what is in sight where it is when rows come or go above it. At the very top a list shows what is new.
 */
export function useSteadyRows<Row>(
  scroller: RefObject<HTMLElement | null>,
  rows: Rows<Row>,
  rowKey: (row: Row) => string,
  rowPx: number,
): void {
  const anchor = useRef<{ readonly index: number; readonly key: string } | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const keyAt = (index: number) => {
      const row = index < 0 || index >= rows.length ? undefined : rows.at(index);
      return row === undefined ? null : rowKey(row);
    };
    if (anchor.current !== null && element.scrollTop > 0) {
      const { index, key } = anchor.current;
      for (let away = 0; away <= FARTHEST; away += 1) {
        const place = [index + away, index - away].find((candidate) => keyAt(candidate) === key);
        if (place === undefined) continue;
        if (place !== index) element.scrollTop += (place - index) * rowPx;
        break;
      }
    }
    const index = Math.floor(element.scrollTop / rowPx);
    const key = keyAt(index);
    anchor.current = key === null ? null : { index, key };
  });
}
