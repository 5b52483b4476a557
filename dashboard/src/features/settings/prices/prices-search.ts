import { given, readWord } from '../../../ui/search-params';

/** Which prices are listed. It is kept in the address bar. */
export interface PricesSearch {
  /** `all` includes former and future prices. */
  readonly show?: 'all';
}

export function parsePricesSearch(search: Record<string, unknown>): PricesSearch {
  return given({ show: readWord(search['show'], ['all'] as const) });
}
