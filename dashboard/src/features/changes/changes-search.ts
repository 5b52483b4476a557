import { given, readWord } from '../../ui/search-params';

export const STATUSES = ['open', 'approved', 'applied', 'rejected', 'withdrawn', 'stale', 'expired'] as const;

/** The filters of the list of changes, which are kept in the address bar. */
export interface ChangesSearch {
  readonly status?: (typeof STATUSES)[number];
}

export function parseChangesSearch(search: Record<string, unknown>): ChangesSearch {
  return given({ status: readWord(search['status'], STATUSES) });
}
