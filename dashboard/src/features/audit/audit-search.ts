import { given, readText } from '../../ui/search-params';

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
    actor: readText(search['actor']),
    action: readText(search['action']),
    subject: readText(search['subject']),
    from: readText(search['from']),
    to: readText(search['to']),
  });
}
