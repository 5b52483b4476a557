import { Injectable } from '@nestjs/common';
import type { AuditEntryEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import { decodeIdCursor, toPage } from '../../infra/http/index.js';
import { UUID, ValidationError } from '../../kernel/index.js';
import { auditEntryView } from './audit-entry-view.js';
import type { AuditEntryDto, AuditExportQueryDto, AuditListDto, AuditQueryDto } from './audit-log.dto.js';
import { type AuditFilter, AuditLogRepository } from './audit-log.repository.js';

/** The size of an export's batch, which bounds the memory and the length of a transaction. */
const EXPORTED_AT_ONCE = 500;

/** Lists and exports audit entries. */
@Injectable()
export class AuditLogService {
  constructor(
    private readonly scope: TenantScope,
    private readonly log: AuditLogRepository,
  ) {}

  /** Lists the newest first. @throws ValidationError `VALIDATION_FAILED` for an invalid cursor, or a span that ends before it begins. */
  async list(projectId: string, query: AuditQueryDto): Promise<AuditListDto> {
    const { limit, cursor, ...filters } = query;
    const beforeId = decodeIdCursor(cursor);
    const found = await this.find(projectId, { ...toFilter(filters), beforeId, limit: limit + 1 });
    const { entries, nextCursor } = toPage(found, limit, ({ auditId }) => auditId);
    return { entries: entries.map(auditEntryView), next_cursor: nextCursor };
  }

  /**
   * Yields every matching entry, newest first, in batches read on demand, so that a slow reader holds no database connection.
   * @throws ValidationError `VALIDATION_FAILED`, synchronously, for a span that ends before it begins.
   */
  export(projectId: string, query: AuditExportQueryDto): AsyncGenerator<AuditEntryDto[]> {
    return this.batches(projectId, toFilter(query));
  }

  private async *batches(
    projectId: string,
    filter: Omit<AuditFilter, 'limit'>,
  ): AsyncGenerator<AuditEntryDto[]> {
    let beforeId: string | undefined;
    let found: AuditEntryEntity[];
    do {
      found = await this.find(projectId, { ...filter, beforeId, limit: EXPORTED_AT_ONCE });
      if (found.length > 0) yield found.map(auditEntryView);
      beforeId = found.at(-1)?.auditId;
    } while (found.length === EXPORTED_AT_ONCE);
  }

  private find(projectId: string, filter: AuditFilter): Promise<AuditEntryEntity[]> {
    return this.scope.transaction(projectId, (tx) => this.log.list(tx, projectId, filter));
  }
}

function toFilter({ actor, action, subject, from, to }: AuditExportQueryDto): Omit<AuditFilter, 'limit'> {
  if (from !== undefined && to !== undefined && from > to) {
    throw new ValidationError('Send a from that is not later than to.', [
      { pointer: '/from', message: 'must not be later than to' },
    ]);
  }
  return { actor: idOrText(actor), action, subject: idOrText(subject), from, to };
}

/** Stored ids are lower case. */
function idOrText(text: string | undefined): string | undefined {
  const lower = text?.toLowerCase();
  return lower !== undefined && UUID.test(lower) ? lower : text;
}
