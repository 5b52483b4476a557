import type { Caller } from '../caller.js';
import { toRights } from '../roles/rights.js';
import type { Membership, SessionRecord } from './sessions.repository.js';

/** A session may do everything that its person may, like a key with every scope. */
const EVERYTHING = { role: 'admin', scopes: [] } as const;
const DEFAULT_RATE_LIMITS = { requestsPerMinute: null, tokensPerMinute: null };

/**
 * Chooses the project in which a person acts: the named one, else the first by name.
 * @param named its id or its name.
 * @returns null if the person is not a member.
 */
export function chooseMembership(
  memberships: readonly Membership[],
  named: string | null,
): Membership | null {
  if (named === null) return memberships[0] ?? null;
  const id = named.toLowerCase();
  return memberships.find(({ projectId, name }) => name === named || projectId === id) ?? null;
}

/** Returns a person as the caller in one of their projects. */
export function toPersonCaller(
  { userId, userName }: SessionRecord & { readonly userId: string },
  { projectId, role, teamRoles }: Membership,
  origin: string | null,
): Caller {
  const owner = { userId, kind: 'person', name: userName, isDisabled: false, role, teamRoles } as const;
  return {
    projectId,
    kind: 'person',
    userId,
    keyId: null,
    name: userName,
    origin,
    ...toRights(EVERYTHING, owner),
    rateLimits: DEFAULT_RATE_LIMITS,
    ancestors: [],
  };
}
