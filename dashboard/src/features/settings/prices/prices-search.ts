import { given, wordOf } from '../../../ui/search-params';

/** Which prices are listed. It is kept in the address bar. */
export interface PricesSearch {
  /** `all` includes former and future prices. */
  readonly show?: 'all';
}

export function parsePricesSearch(search: Record<string, unknown>): PricesSearch {
  return given({ show: wordOf(search['show'], ['all'] as const) });
}
