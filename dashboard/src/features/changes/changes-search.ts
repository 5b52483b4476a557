import { given, wordOf } from '../../ui/search-params';

export const STATUSES = ['open', 'approved', 'applied', 'rejected', 'withdrawn', 'stale', 'expired'] as const;

/** What the list of changes is narrowed by; it stands in the address bar. */
export interface ChangesSearch {
  readonly status?: (typeof STATUSES)[number];
}

export function parseChangesSearch(search: Record<string, unknown>): ChangesSearch {
  return given({ status: wordOf(search['status'], STATUSES) });
}
