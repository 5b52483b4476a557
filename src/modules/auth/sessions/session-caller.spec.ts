import { chooseMembership, toPersonCaller } from './session-caller.js';
import type { Membership, SessionRecord } from './sessions.repository.js';

const membership = (name: string, changes: Partial<Membership> = {}): Membership => ({
  projectId: `01890000-0000-7000-8000-00000000000${name.length}`,
  name,
  role: 'editor',
  teamRoles: new Map(),
  ...changes,
});
const record: SessionRecord & { userId: string } = {
  sessionId: 's',
  kind: 'person',
  keyId: null,
  credentialHmac: null,
  userId: 'ada',
  userName: 'Ada',
  email: 'ada@example.com',
  isDisabled: false,
  memberships: [],
};

describe('the project of a person', () => {
  const memberships = [membership('a'), membership('bb')];

  it.each([
    [null, 'a'],
    ['bb', 'bb'],
    [membership('bb').projectId.toUpperCase(), 'bb'],
    ['ccc', undefined],
    ['A', undefined],
  ])('that names %j is %j', (named, name) => {
    expect(chooseMembership(memberships, named)?.name).toBe(name);
  });

  it('is none for somebody without one', () => {
    expect(chooseMembership([], null)).toBeNull();
  });
});

describe('the rights of a person', () => {
  it('are those of their role', () => {
    const caller = toPersonCaller(record, membership('a', { role: 'viewer' }), '127.0.0.1');
    expect(caller).toMatchObject({
      kind: 'person',
      userId: 'ada',
      keyId: null,
      name: 'Ada',
      role: 'viewer',
    });
    expect(caller.scopes.has('prompts:read')).toBe(true);
    expect(caller.scopes.has('prompts:write')).toBe(false);
  });

  it('are wider over the prompts of a team', () => {
    const caller = toPersonCaller(
      record,
      membership('a', { role: 'viewer', teamRoles: new Map([['ml', 'editor']]) }),
      null,
    );
    expect(caller.overTeams.get('ml')?.scopes.has('prompts:write')).toBe(true);
  });
});
