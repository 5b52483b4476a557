import { ROLES } from '../../../entities/index.js';
import { type Scope, scopesForRole } from '../../auth/index.js';

const SCOPE: Scope = 'changes:approve';

/** The right to approve: users with one of these roles have it, and keys without an owner that have this scope. */
export const APPROVERS = {
  roles: ROLES.filter((role) => scopesForRole(role).has(SCOPE)),
  scope: SCOPE,
} as const;
