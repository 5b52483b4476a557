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
