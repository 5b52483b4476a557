import { type RefObject, useCallback, useEffect, useState } from 'react';
import type { Span } from '../pages/rows';

/** Rows rendered beyond what is seen, on either side. */
const BEYOND = 12;
/** Rows by which the range moves at a time, so that slow scrolling does not render with each step. */
const STEP = 3;

/**
 * Returns which rows of a list are to be rendered. All rows are equally high, so nothing is measured or kept for each of them: a
 * hundred thousand cost what thirty do. The rows follow in a task after that of the scrolling, and not within its frame.
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
  // A list that has become shorter may have been scrolled beyond its end.
  return { first: Math.max(0, Math.min(first, count - (end - first))), end: Math.min(end, count) };
}

/** Scrolls a row into sight, by as little as needed. @param headPx the height of what sticks to the top. */
export function scrollToRow(scroller: HTMLElement, index: number, rowPx: number, headPx: number): void {
  const top = index * rowPx;
  const bottom = headPx + top + rowPx;
  if (scroller.scrollTop > top) scroller.scrollTop = top;
  else if (scroller.scrollTop + scroller.clientHeight < bottom)
    scroller.scrollTop = bottom - scroller.clientHeight;
}
