import type { Span } from './rows';

/** A page whose rows were dropped: enough to read it again and to keep its place in the list. */
export interface Mark<Kept> {
  /** The cursor that reads the page; null for the first one. */
  readonly cursor: string | null;
  /** Its number of rows when it was last read. */
  readonly length: number;
  /** The screen's own facts about the page. */
  readonly kept: Kept;
}

/** A list as far as it has been read: its pages in order, without their rows. */
export interface Outline<Kept> {
  readonly marks: readonly Mark<Kept>[];
  /** The cursor of the page after the last one. Null at the end of the list, and for the first page. */
  readonly next: string | null;
}

/** A page that was just read. */
export interface ReadPage<Kept> extends Mark<Kept> {
  readonly next: string | null;
}

export const EMPTY: Outline<never> = { marks: [], next: null };

export function hasMore({ marks, next }: Outline<unknown>): boolean {
  return marks.length === 0 || next !== null;
}

/**
 * Records a page that was read. If the next page now begins elsewhere, it gets the new cursor, and keeps its length until it is read again.
 * Later pages follow when they are read. A page that has become the last one ends the list.
 *
 * @returns the same outline object when the page changes nothing, or was read by a cursor that its position no longer has.
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

/** Returns the pages to keep for the rows in sight: their own, and one on either side. */
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
