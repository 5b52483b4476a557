import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditEntryEntity } from '../../entities/index.js';

/** Who is doing something. */
export interface Actor {
  readonly projectId: string;
  /** Null for the instance admin. */
  readonly keyId: string | null;
  /** The key's name, or `admin`. */
  readonly actor: string;
  /** The address the request came from. */
  readonly origin: string | null;
}

export interface AuditChange {
  /** Such as `prompt.put`. */
  readonly action: string;
  /** Such as `prompt/doc_summarizer`. */
  readonly subject: string;
  readonly before?: object | null;
  readonly after?: object | null;
}

@Injectable()
export class AuditService {
  /** Writes down a change, in the transaction of the change: there is never the one without the other. */
  async append(tx: EntityManager, who: Actor, change: AuditChange): Promise<void> {
    await tx.insert(AuditEntryEntity, {
      projectId: who.projectId,
      actor: who.actor,
      origin: who.origin,
      keyId: who.keyId,
      action: change.action,
      subject: change.subject,
      before: change.before ?? null,
      after: change.after ?? null,
    });
  }
}
