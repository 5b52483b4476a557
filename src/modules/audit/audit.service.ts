import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditEntryEntity } from '../../entities/index.js';
import { UUID } from '../../kernel/index.js';
import { withoutSecrets } from './without-secrets.js';

/** `key` is a key without an owner; `instance` uses the key of the environment. */
export type ActorKind = 'person' | 'service' | 'key' | 'instance';

/** The actor of a change: who did it, with which key, from where. */
export interface Actor {
  readonly projectId: string;
  readonly kind: ActorKind;
  /** Null for a key without an owner, and for the instance admin. */
  readonly userId: string | null;
  /** The key in use; null for the instance admin. */
  readonly keyId: string | null;
  /** The name that people read: the key's name, or `admin`. */
  readonly name: string;
  /** The address the request came from. */
  readonly origin: string | null;
}

export interface AuditChange {
  /** Such as `prompt.put`. */
  readonly action: string;
  /** `type/name`, such as `prompt/doc_summarizer`; `type/id` of what has no name of its own. */
  readonly subject: string;
  /** The id of what changed; left out where it has none, or where the subject is `type/id`. */
  readonly subjectId?: string | null;
  /** The changed members before and after; null when the subject was not there, or is gone. */
  readonly before?: object | null;
  readonly after?: object | null;
  /** The reason that was given. */
  readonly reason?: string | null;
}

/** A statement has at most 65,535 parameters. */
const ENTRIES_AT_ONCE = 1000;

/** Identifies an actor, whichever of their keys they use: `instance`, `user:<id>` or `key:<id>`. */
export function toPrincipal({ userId, keyId }: Pick<Actor, 'userId' | 'keyId'>): string {
  if (userId !== null) return `user:${userId}`;
  return keyId === null ? 'instance' : `key:${keyId}`;
}

/** Returns the actor of what the service does by itself, such as seeding a project. */
export function systemActor(projectId: string): Actor {
  return { projectId, kind: 'instance', userId: null, keyId: null, name: 'system', origin: null };
}

@Injectable()
export class AuditService {
  /** Writes down a change, in the transaction of the change: there is never the one without the other. */
  async append(tx: EntityManager, actor: Actor, change: AuditChange): Promise<void> {
    await tx.insert(AuditEntryEntity, toEntry(actor, change));
  }

  /** The same for many at once, in their order. */
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

/** The id in a subject that is `type/id`; null for one that has a name. */
function findId(subject: string): string | null {
  const rest = subject.slice(subject.indexOf('/') + 1);
  return UUID.test(rest) ? rest : null;
}
