/** The rows of a list by position. An array satisfies it, and so does a list whose pages were dropped. */
export interface Rows<Row> {
  readonly length: number;
  /** @returns undefined for a row that is not in memory. @param index not negative. */
  at(index: number): Row | undefined;
}

/** A range of rows: the first one, and the one after the last. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** A row by its key, and the position where it was last seen. */
export interface SeenRow {
  readonly index: number;
  readonly key: string;
}

/** How far a row is searched. Between two reads of a busy list, fewer rows are added. */
const FARTHEST = 200;

/** Finds a row again after rows above it were added or removed. @returns its position; null when it is not near the old one. */
export function findMoved<Row>(
  rows: Rows<Row>,
  rowKey: (row: Row) => string,
  { index, key }: SeenRow,
): number | null {
  const isThere = (at: number) => {
    const row = at < 0 || at >= rows.length ? undefined : rows.at(at);
    return row !== undefined && rowKey(row) === key;
  };
  if (isThere(index)) return index;
  for (let away = 1; away <= FARTHEST; away += 1) {
    if (isThere(index + away)) return index + away;
    if (isThere(index - away)) return index - away;
  }
  return null;
}
