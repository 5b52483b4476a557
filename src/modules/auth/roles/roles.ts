import { type Role, ROLES } from '../../../entities/index.js';
import { type Scope, SCOPES } from './scopes.js';

/** The scopes that each role adds to the previous one. An admin may do everything. */
const ADDED: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['prompts:read', 'executions:list', 'analytics:read'],
  runner: ['executions:run', 'executions:read', 'scores:write', 'traces:read', 'traces:write'],
  editor: ['prompts:write', 'environments:move', 'changes:write', 'evaluations:write', 'rollouts:write'],
  approver: ['changes:approve'],
  admin: SCOPES,
};

const SCOPES_BY_ROLE = new Map<Role, ReadonlySet<Scope>>(
  ROLES.map((role, at) => [role, new Set(ROLES.slice(0, at + 1).flatMap((each) => ADDED[each]))]),
);

export function scopesForRole(role: Role): ReadonlySet<Scope> {
  return SCOPES_BY_ROLE.get(role) ?? new Set();
}

/** Returns whether a role allows at least what the other does. */
export function isAtLeast(role: Role, other: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(other);
}
