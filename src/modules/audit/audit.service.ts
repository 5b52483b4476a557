import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditEntryEntity } from '../../entities/index.js';

/** `key` is one that belongs to nobody; `instance` has the key of the environment. */
export type ActorKind = 'person' | 'service' | 'key' | 'instance';

/** Who is doing something. */
export interface Actor {
  readonly projectId: string;
  readonly kind: ActorKind;
  /** Null for a key that belongs to nobody, and for the instance admin. */
  readonly userId: string | null;
  /** The key in use; null for the instance admin. */
  readonly keyId: string | null;
  /** What people read: the key's name, or `admin`. */
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

/** Who somebody is, whichever of their keys they use: `instance`, `user:<id>` or `key:<id>`. */
export function principalOf({ userId, keyId }: Pick<Actor, 'userId' | 'keyId'>): string {
  if (userId !== null) return `user:${userId}`;
  return keyId === null ? 'instance' : `key:${keyId}`;
}

@Injectable()
export class AuditService {
  /** Writes down a change, in the transaction of the change: there is never the one without the other. */
  async append(tx: EntityManager, who: Actor, change: AuditChange): Promise<void> {
    await tx.insert(AuditEntryEntity, {
      projectId: who.projectId,
      actor: who.actor,
      origin: who.origin,
      actorKind: who.kind,
      userId: who.userId,
      keyId: who.keyId,
      action: change.action,
      subject: change.subject,
      before: change.before ?? null,
      after: change.after ?? null,
    });
  }
}
