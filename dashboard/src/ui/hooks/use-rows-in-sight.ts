import { type RefObject, useCallback, useEffect, useState } from 'react';
import type { Span } from '../pages/rows';

/** Extra rows that are rendered on either side of those in sight. */
const BEYOND = 12;
/** The number of rows by which the range moves, so that slow scrolling does not render with each step. */
const STEP = 3;

/**
 * Returns which rows of a list to render. All rows have the same height, so nothing is measured or stored for each of them, and a
 * hundred thousand cost what thirty do. The rows follow in a task after the scrolling, not within its frame.
 */
export function useRowsInSight(scroller: RefObject<HTMLElement | null>, count: number, rowPx: number): Span {
  const [{ first, end }, setRange] = useState<Span>({ first: 0, end: 0 });
  const look = useCallback(() => {
    if (scroller.current === null) return;
    const { scrollTop, clientHeight } = scroller.current;
    const from = Math.floor((scrollTop / rowPx - BEYOND) / STEP) * STEP;
    const to = Math.ceil(((scrollTop + clientHeight) / rowPx + BEYOND) / STEP) * STEP;
    const range = { first: Math.max(0, from), end: to };
    setRange((before) => (before.first === range.first && before.end === range.end ? before : range));
  }, [scroller, rowPx]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, look]);
  // The list may have become shorter than the scroll position.
  return { first: Math.max(0, Math.min(first, count - (end - first))), end: Math.min(end, count) };
}

/** Scrolls a row into sight, by as little as needed. @param headPx the height of the sticky head. */
export function scrollToRow(scroller: HTMLElement, index: number, rowPx: number, headPx: number): void {
  const top = index * rowPx;
  const bottom = headPx + top + rowPx;
  if (scroller.scrollTop > top) scroller.scrollTop = top;
  else if (scroller.scrollTop + scroller.clientHeight < bottom)
    scroller.scrollTop = bottom - scroller.clientHeight;
}
