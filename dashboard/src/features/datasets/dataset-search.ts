import { given, readText, readWord } from '../../ui/search-params';

export interface DatasetSearch {
  readonly tab?: 'versions';
  /** The hash of the version whose items are listed; defaults to the current one. */
  readonly version?: string;
}

export function parseDatasetSearch(search: Record<string, unknown>): DatasetSearch {
  return given({ tab: readWord(search['tab'], ['versions'] as const), version: readText(search['version']) });
}
