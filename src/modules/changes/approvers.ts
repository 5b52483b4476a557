import { ROLES } from '../../entities/index.js';
import { type Scope, scopesForRole } from '../auth/index.js';

const SCOPE: Scope = 'changes:approve';

/** Who may approve: users with one of these roles, and keys of nobody with this scope. */
export const APPROVERS = {
  roles: ROLES.filter((role) => scopesForRole(role).has(SCOPE)),
  scope: SCOPE,
} as const;
