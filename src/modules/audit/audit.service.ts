import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditEntryEntity } from '../../entities/index.js';
import { UUID } from '../../kernel/index.js';
import { withoutSecrets } from './without-secrets.js';

/** `key` is a key without an owner; `instance` uses the key of the environment. */
export type ActorKind = 'person' | 'service' | 'key' | 'instance';

/** The author of a change: who made it, with which key, from where. */
export interface Actor {
  readonly projectId: string;
  readonly kind: ActorKind;
  /** Null for a key without an owner, and for the instance admin. */
  readonly userId: string | null;
  /** The key in use; null for the instance admin. */
  readonly keyId: string | null;
  /** The display name: the key's name, or `admin`. */
  readonly name: string;
  /** The address the request came from. */
  readonly origin: string | null;
}

export interface AuditChange {
  /** The action, such as `prompt.put`. */
  readonly action: string;
  /** `type/name`, such as `prompt/doc_summarizer`, or `type/id` for a subject without a name. */
  readonly subject: string;
  /** The id of the subject. Left out if it has none, or if `subject` is `type/id`. */
  readonly subjectId?: string | null;
  /** The changed members before and after; null if the subject did not exist before, or no longer exists. */
  readonly before?: object | null;
  readonly after?: object | null;
  /** The stated reason. */
  readonly reason?: string | null;
}

/** Bounds the parameters of a statement, of which Postgres allows 65,535. */
const ENTRIES_AT_ONCE = 1000;

/** Identifies an actor by the same text for all keys of a user: `instance`, `user:<id>` or `key:<id>`. */
export function toPrincipal({ userId, keyId }: Pick<Actor, 'userId' | 'keyId'>): string {
  if (userId !== null) return `user:${userId}`;
  return keyId === null ? 'instance' : `key:${keyId}`;
}

/** Returns the actor for actions of the service itself, such as seeding a project. */
export function systemActor(projectId: string): Actor {
  return { projectId, kind: 'instance', userId: null, keyId: null, name: 'system', origin: null };
}

@Injectable()
export class AuditService {
  /** Records a change in the same transaction, so that neither exists without the other. */
  async append(tx: EntityManager, actor: Actor, change: AuditChange): Promise<void> {
    await tx.insert(AuditEntryEntity, toEntry(actor, change));
  }

  /** Records many changes at once, in order. */
  async appendAll(tx: EntityManager, actor: Actor, changes: readonly AuditChange[]): Promise<void> {
    for (let at = 0; at < changes.length; at += ENTRIES_AT_ONCE) {
      const entries = changes.slice(at, at + ENTRIES_AT_ONCE).map((change) => toEntry(actor, change));
      await tx.insert(AuditEntryEntity, entries);
    }
  }
}

function toEntry(actor: Actor, change: AuditChange) {
  return {
    projectId: actor.projectId,
    actor: actor.name,
    origin: actor.origin,
    actorKind: actor.kind,
    userId: actor.userId,
    keyId: actor.keyId,
    action: change.action,
    subject: change.subject,
    subjectId: change.subjectId ?? findId(change.subject),
    before: withoutSecrets(change.before ?? null),
    after: withoutSecrets(change.after ?? null),
    reason: withoutSecrets(change.reason ?? null),
  };
}

/** Returns the id in a subject `type/id`; null for a subject with a name. */
function findId(subject: string): string | null {
  const rest = subject.slice(subject.indexOf('/') + 1);
  return UUID.test(rest) ? rest : null;
}
