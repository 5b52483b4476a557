import type { AuditEntryEntity } from '../../entities/index.js';
import { auditEntryView } from './audit-entry-view.js';

const ID = '01890000-0000-7000-8000-00000000000a';
const USER = '01890000-0000-7000-8000-00000000000b';
const ENTRY: AuditEntryEntity = {
  projectId: ID,
  auditId: ID,
  actor: 'admin',
  origin: '127.0.0.1',
  keyId: null,
  action: 'prompt.put',
  subject: 'prompt/team/a',
  before: null,
  after: null,
  at: new Date(0),
  actorKind: null,
  userId: null,
  subjectId: null,
  reason: null,
};
const view = (more: Partial<AuditEntryEntity>) => auditEntryView({ ...ENTRY, ...more });

describe('an entry of the audit log', () => {
  it('is shown in the words of the wire', () => {
    expect(view({ reason: 'why', before: { a: 1 }, after: { a: 2 } })).toEqual({
      audit_id: ID,
      at: '1970-01-01T00:00:00.000Z',
      actor: { kind: 'instance', id: null, key_id: null, name: 'admin' },
      from_address: '127.0.0.1',
      action: 'prompt.put',
      subject: { type: 'prompt', id: null, name: 'team/a' },
      before: { a: 1 },
      after: { a: 2 },
      reason: 'why',
    });
  });

  it.each<[string, Partial<AuditEntryEntity>, object]>([
    ['a key of before there were users', { keyId: ID }, { kind: 'key', id: ID, key_id: ID }],
    ['a key of nobody', { actorKind: 'key', keyId: ID }, { kind: 'key', id: ID, key_id: ID }],
    [
      'a service account',
      { actorKind: 'service', userId: USER, keyId: ID },
      { kind: 'service', id: USER, key_id: ID },
    ],
    [
      'a person who signed in',
      { actorKind: 'person', userId: USER },
      { kind: 'person', id: USER, key_id: null },
    ],
    ['the instance', { actorKind: 'instance' }, { kind: 'instance', id: null, key_id: null }],
  ])('tells of %s', (_what, more, actor) => {
    expect(view(more).actor).toMatchObject(actor);
  });

  it.each<[Partial<AuditEntryEntity>, object]>([
    [{ subject: 'prices' }, { type: 'prices', id: null, name: null }],
    [
      { subject: 'prompt/a', subjectId: ID },
      { type: 'prompt', id: ID, name: 'a' },
    ],
    [
      { subject: `key/${ID}`, after: { name: 'ci' } },
      { type: 'key', id: ID, name: 'ci' },
    ],
    [
      { subject: `key/${ID}`, before: { name: 'ci' } },
      { type: 'key', id: ID, name: 'ci' },
    ],
    [
      { subject: `price/${ID}`, before: { name: 5 } },
      { type: 'price', id: ID, name: null },
    ],
    [{ subject: 'model/openai/gpt' }, { type: 'model', id: null, name: 'openai/gpt' }],
  ])('reads the subject of %j', (more, subject) => {
    expect(view(more).subject).toEqual(subject);
  });
});
