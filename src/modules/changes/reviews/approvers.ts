import { ROLES } from '../../../entities/index.js';
import { type Scope, scopesForRole } from '../../auth/index.js';

const SCOPE: Scope = 'changes:approve';

/** The right to approve: users need one of these roles, and keys without an owner this scope. */
export const APPROVERS = {
  roles: ROLES.filter((role) => scopesForRole(role).has(SCOPE)),
  scope: SCOPE,
} as const;
