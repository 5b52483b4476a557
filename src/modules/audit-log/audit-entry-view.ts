import type { AuditEntryEntity } from '../../entities/index.js';
import { UUID } from '../../kernel/index.js';
import type { AuditEntryDto } from './audit-log.dto.js';

/** Returns an entry in wire form. Entries from before users and ids existed are identified by their key and subject. */
export function auditEntryView(entry: AuditEntryEntity): AuditEntryDto {
  return {
    audit_id: entry.auditId,
    at: entry.at.toISOString(),
    actor: actorView(entry),
    from_address: entry.origin,
    action: entry.action,
    subject: subjectView(entry),
    before: entry.before,
    after: entry.after,
    reason: entry.reason,
  };
}

function actorView({ actor, actorKind, userId, keyId }: AuditEntryEntity): AuditEntryDto['actor'] {
  const kind = actorKind ?? (keyId === null ? 'instance' : 'key');
  return { kind, id: userId ?? keyId, key_id: keyId, name: actor };
}

function subjectView(entry: AuditEntryEntity): AuditEntryDto['subject'] {
  const { subject, subjectId } = entry;
  const at = subject.indexOf('/');
  if (at === -1) return { type: subject, id: subjectId, name: null };
  const type = subject.slice(0, at);
  const rest = subject.slice(at + 1);
  // A subject without a name is recorded by id. Its name is among the changed members.
  if (UUID.test(rest))
    return { type, id: subjectId ?? rest, name: nameIn(entry.after) ?? nameIn(entry.before) };
  return { type, id: subjectId, name: rest };
}

function nameIn(facts: object | null): string | null {
  const name = (facts as { readonly name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : null;
}
