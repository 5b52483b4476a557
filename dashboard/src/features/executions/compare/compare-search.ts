import { given, readText } from '../../../ui/search-params';

export interface CompareSearch {
  /** The id of the other execution. */
  readonly with?: string;
}

export function parseCompareSearch(search: Record<string, unknown>): CompareSearch {
  return given({ with: readText(search['with']) });
}
