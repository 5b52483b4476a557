import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditEntryEntity } from '../../entities/index.js';
import { UUID } from '../../kernel/index.js';

export interface AuditFilter {
  /** Id of a user or key, or a name. */
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** An id, or `type/name`. */
  readonly subject?: string | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** Only entries older than this one. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** An entry has the start time of its transaction, while its id has the time of its creation. The id may be later by this much. */
const LATEST_ID = `interval '10 minutes'`;

@Injectable()
export class AuditLogRepository {
  /** Lists the newest first. The times also bound the ids, so that a span of time is a range of the index. */
  async list(tx: EntityManager, projectId: string, filter: AuditFilter): Promise<AuditEntryEntity[]> {
    const { actor, action, subject, from, to, beforeId, limit } = filter;
    const query = tx
      .createQueryBuilder(AuditEntryEntity, 'a')
      .where('a.projectId = :projectId', { projectId });
    if (actor !== undefined) {
      if (UUID.test(actor)) query.andWhere('(a.userId = :actor OR a.keyId = :actor)', { actor });
      else query.andWhere('a.actor = :actor', { actor });
    }
    if (action !== undefined) query.andWhere('a.action = :action', { action });
    if (subject !== undefined) {
      query.andWhere(`${UUID.test(subject) ? 'a.subjectId' : 'a.subject'} = :subject`, { subject });
    }
    if (from !== undefined) {
      query.andWhere('a.at >= :from AND a.auditId >= ledger_uuid7_floor(CAST(:from AS timestamptz))', {
        from,
      });
    }
    if (to !== undefined) {
      query.andWhere(
        `a.at < :to AND a.auditId < ledger_uuid7_floor(CAST(:to AS timestamptz) + ${LATEST_ID})`,
        { to },
      );
    }
    if (beforeId !== undefined) query.andWhere('a.auditId < :beforeId', { beforeId });
    return query.orderBy('a.auditId', 'DESC').limit(limit).getMany();
  }
}
