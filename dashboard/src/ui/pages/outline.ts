import type { Span } from './rows';

/** What stays of a page when its rows are let go. */
export interface Mark<Kept> {
  /** What the page is read by; null for the first one. */
  readonly cursor: string | null;
  /** How many rows it had when it was last read. */
  readonly length: number;
  /** What the screen made of the page. */
  readonly kept: Kept;
}

/** A list as far as it was read: its pages in order, without their rows. */
export interface Outline<Kept> {
  readonly marks: readonly Mark<Kept>[];
  /** What the page after the last one is read by. Null at the end of the list, and for the first page. */
  readonly next: string | null;
}

/** A page as it was just read. */
export interface ReadPage<Kept> extends Mark<Kept> {
  readonly next: string | null;
}

export const EMPTY: Outline<never> = { marks: [], next: null };

export function hasMore({ marks, next }: Outline<unknown>): boolean {
  return marks.length === 0 || next !== null;
}

/**
 * Writes down a page that was read. When the next page now begins elsewhere, it is read by the new cursor from now on, and its length
 * stands until then; the pages behind it follow when they are read. A page that has become the last one ends the list.
 *
 * @returns the very outline where the page changes nothing, or was read by a cursor that is no longer that of its place.
 */
export function writeDown<Kept>(
  outline: Outline<Kept>,
  index: number,
  { cursor, length, kept, next }: ReadPage<Kept>,
): Outline<Kept> {
  const { marks } = outline;
  const before = marks[index];
  const expected = before === undefined ? outline.next : before.cursor;
  if (index > marks.length || cursor !== expected) return outline;
  const following = marks[index + 1];
  const formerNext = following === undefined ? outline.next : following.cursor;
  if (before?.length === length && before.kept === kept && formerNext === next) return outline;
  const mark = { cursor, length, kept };
  if (following === undefined || next === null) return { marks: [...marks.slice(0, index), mark], next };
  return {
    marks: [...marks.slice(0, index), mark, { ...following, cursor: next }, ...marks.slice(index + 2)],
    next: outline.next,
  };
}

/** Returns the pages to keep for the rows in sight: those that have them, and one on either side. */
export function pagesAround(marks: readonly Mark<unknown>[], rows: Span): Span {
  let start = 0;
  let first: number | null = null;
  let end = 0;
  for (const [index, { length }] of marks.entries()) {
    if (first === null && rows.first < start + length) first = index;
    if (start < rows.end) end = index + 1;
    start += length;
  }
  return { first: Math.max(0, (first ?? marks.length - 1) - 1), end: Math.min(marks.length, end + 1) };
}
