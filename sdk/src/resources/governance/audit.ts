import {
  type ApiPromise,
  type CallOptions,
  type Pages,
  type Sent,
  type Transport,
} from '../../core/index.js';
import type { AuditEntry, AuditList, ListAuditQuery } from '../../wire/index.js';

/** Lists and exports who changed what. */
export class AuditResource {
  constructor(private readonly transport: Transport) {}

  /** Newest first. `await` gives the first page, `for await` all entries with one page in memory at a time. */
  list(query: Sent<ListAuditQuery> = {}, options?: CallOptions): Pages<AuditEntry, AuditList> {
    return this.transport.pages('/v1/audit', 'entries', query, options);
  }

  /** Returns all matching entries as JSON lines, newest first, in memory. */
  export(query: Sent<Omit<ListAuditQuery, 'limit'>> = {}, options?: CallOptions): ApiPromise<string> {
    return this.transport.getText('/v1/audit:export', query, options);
  }
}
