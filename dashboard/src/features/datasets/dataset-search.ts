import { given, textOf, wordOf } from '../../ui/search-params';

export interface DatasetSearch {
  readonly tab?: 'versions';
  /** Hash of the version whose items are listed; the current one unless said. */
  readonly version?: string;
}

export function parseDatasetSearch(search: Record<string, unknown>): DatasetSearch {
  return given({ tab: wordOf(search['tab'], ['versions'] as const), version: textOf(search['version']) });
}
