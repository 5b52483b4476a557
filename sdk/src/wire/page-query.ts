/** The query of a list without filters. */
export interface PageQuery {
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
