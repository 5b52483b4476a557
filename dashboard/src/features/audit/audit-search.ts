import { given, textOf } from '../../ui/search-params';

/** The filters of the log, which are kept in the address bar. */
export interface AuditSearch {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly from?: string;
  readonly to?: string;
}

export function parseAuditSearch(search: Record<string, unknown>): AuditSearch {
  return given({
    actor: textOf(search['actor']),
    action: textOf(search['action']),
    subject: textOf(search['subject']),
    from: textOf(search['from']),
    to: textOf(search['to']),
  });
}
