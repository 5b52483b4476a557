import { type Role, ROLES } from '../../../entities/index.js';
import { type Grant, type KeyOwner, rightsOver, roleOver, toRights, widestRole } from './rights.js';
import { scopesForRole } from './roles.js';

const byRole = (role: Role): Grant => ({ role, scopes: [] });
const byScopes = (...scopes: string[]): Grant => ({ role: null, scopes });
const owner = (role: Role | null, teams: Record<string, Role> = {}): KeyOwner => ({
  userId: 'u',
  kind: 'service',
  name: 'Ada',
  isDisabled: false,
  role,
  teamRoles: new Map(Object.entries(teams)),
});

describe('the rights of a key', () => {
  it('are what it was made with where nobody owns it', () => {
    expect(toRights(byScopes('executions:read', 'no such scope'), null)).toMatchObject({
      role: null,
      scopes: new Set(['executions:read', 'executions:list']),
    });
    expect(toRights(byRole('editor'), null)).toMatchObject({
      role: 'editor',
      scopes: scopesForRole('editor'),
    });
  });

  it.each(ROLES.flatMap((granted) => ROLES.map((owned) => [granted, owned] as const)))(
    'of the role %s and an owner who is %s are those of the lesser',
    (granted, owned) => {
      const lesser = ROLES[Math.min(ROLES.indexOf(granted), ROLES.indexOf(owned))] as Role;
      const rights = toRights(byRole(granted), owner(owned));
      expect(rights.role).toBe(lesser);
      expect([...rights.scopes].sort()).toEqual([...scopesForRole(lesser)].sort());
    },
  );

  it('with scopes of its own are those which its owner has too', () => {
    const rights = toRights(byScopes('prompts:read', 'prompts:write', 'keys:write'), owner('editor'));
    expect(rights).toMatchObject({ role: null, scopes: new Set(['prompts:read', 'prompts:write']) });
  });

  it('are none where the owner is no member', () => {
    expect(toRights(byRole('admin'), owner(null))).toMatchObject({ role: null, scopes: new Set() });
  });
});

describe('the rights over the prompts of a team', () => {
  it.each<[string, Grant, KeyOwner, Role | null]>([
    ['are the team’s where they are wider', byRole('editor'), owner('viewer', { a: 'editor' }), 'editor'],
    ['are never wider than the key', byRole('runner'), owner('viewer', { a: 'editor' }), 'runner'],
    [
      'are the project’s where those are wider',
      byRole('admin'),
      owner('approver', { a: 'viewer' }),
      'approver',
    ],
    ['of another team are none', byRole('admin'), owner('viewer', { b: 'admin' }), 'viewer'],
    ['of a key without an owner are its own', byRole('editor'), owner('editor'), 'editor'],
  ])('%s', (_what, grant, who, role) => {
    expect(roleOver(toRights(grant, who), 'a')).toBe(role);
  });

  it('do not reach beyond the team', () => {
    const rights = toRights(byRole('editor'), owner('viewer', { a: 'editor' }));
    expect(rights.scopes.has('prompts:write')).toBe(false);
    expect(rightsOver(rights, null).scopes.has('prompts:write')).toBe(false);
    expect(rightsOver(rights, 'b').scopes.has('prompts:write')).toBe(false);
    expect(rightsOver(rights, 'a').scopes.has('prompts:write')).toBe(true);
  });

  it('of a key with scopes of its own are no more than those', () => {
    const rights = toRights(byScopes('prompts:write'), owner('viewer', { a: 'editor' }));
    expect(rights.scopes.size).toBe(0);
    expect([...rightsOver(rights, 'a').scopes]).toEqual(['prompts:write']);
  });
});

it.each<[Role | null, Record<string, Role>, Role | null]>([
  [null, {}, null],
  [null, { a: 'viewer' }, 'viewer'],
  ['editor', { a: 'viewer' }, 'editor'],
  ['viewer', { a: 'runner', b: 'approver', c: 'editor' }, 'approver'],
])('the widest of %s and %j is %s', (role, teams, widest) => {
  expect(widestRole(owner(role, teams))).toBe(widest);
});
