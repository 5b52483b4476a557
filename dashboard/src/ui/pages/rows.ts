/** The rows of a list by their place. An array is one; so is a list whose pages were let go. */
export interface Rows<Row> {
  readonly length: number;
  /** @returns undefined for a row that is not at hand. @param index not negative. */
  at(index: number): Row | undefined;
}

/** A run of rows: the first one, and the one after the last. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** A row by its key, and the place where it was last seen. */
export interface SeenRow {
  readonly index: number;
  readonly key: string;
}

/** The farthest that a row is looked for. Between two readings of a list in use, fewer rows come. */
const FARTHEST = 200;

/** Finds a row again after others have come or gone above it. @returns its place; null when it is not near the old one. */
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
