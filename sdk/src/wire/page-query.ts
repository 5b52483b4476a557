/** The query of a list without filters. */
export interface PageQuery {
  /** Of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
