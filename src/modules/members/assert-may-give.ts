import type { Role } from '../../entities/index.js';
import { type Caller, ForbiddenError, scopesForRole } from '../auth/index.js';

/**
 * Ensures that callers give and take no more than they have themselves.
 * @param role the granted or revoked role; null for none.
 * @throws ForbiddenError `FORBIDDEN`
 */
export function assertMayGive({ scopes }: Caller, role: Role | null): void {
  if (role === null) return;
  const beyond = [...scopesForRole(role)].filter((scope) => !scopes.has(scope));
  if (beyond.length === 0) return;
  throw new ForbiddenError(
    beyond,
    `You cannot give or take a role that is wider than your own; ${role} goes beyond yours in ${beyond.join(', ')}.`,
  );
}
