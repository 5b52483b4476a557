import { ROLES } from '../../../entities/index.js';
import { isAtLeast, scopesForRole } from './roles.js';
import { SCOPES } from './scopes.js';

describe('a role', () => {
  it('may do what the one before may, and something more', () => {
    for (const [at, role] of ROLES.entries()) {
      const before = ROLES[at - 1];
      if (before === undefined) continue;
      expect([...scopesForRole(role)]).toEqual(expect.arrayContaining([...scopesForRole(before)]));
      expect(scopesForRole(role).size).toBeGreaterThan(scopesForRole(before).size);
    }
  });

  it.each([
    ['viewer', 3],
    ['runner', 8],
    ['editor', 13],
    ['approver', 14],
    ['admin', SCOPES.length],
  ] as const)('%s has %d scopes', (role, count) => {
    expect(scopesForRole(role).size).toBe(count);
  });

  it('is at least itself and all before it', () => {
    expect(ROLES.map((role) => isAtLeast('editor', role))).toEqual([true, true, true, false, false]);
  });
});
