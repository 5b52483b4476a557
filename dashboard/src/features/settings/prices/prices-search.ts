import { given, wordOf } from '../../../ui/search-params';

/** Which prices are listed; it stands in the address bar. */
export interface PricesSearch {
  /** `all`: former ones and those to come, too. */
  readonly show?: 'all';
}

export function parsePricesSearch(search: Record<string, unknown>): PricesSearch {
  return given({ show: wordOf(search['show'], ['all'] as const) });
}
