import type { Caller } from '../caller.js';
import { toRights } from '../roles/rights.js';
import type { Membership, SessionRecord } from './sessions.repository.js';

/** A session may do all that its person may: it is no narrower than a key with every scope. */
const EVERYTHING = { role: 'admin', scopes: [] } as const;
const DEFAULT_RATE_LIMITS = { requestsPerMinute: null, tokensPerMinute: null };

/**
 * The project in which a person acts: the one that is named, else the first by name.
 * @param named its id or its name.
 * @returns null for one of which the person is no member.
 */
export function chooseMembership(
  memberships: readonly Membership[],
  named: string | null,
): Membership | null {
  if (named === null) return memberships[0] ?? null;
  const id = named.toLowerCase();
  return memberships.find(({ projectId, name }) => name === named || projectId === id) ?? null;
}

/** A person who acts in one of their projects. */
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
