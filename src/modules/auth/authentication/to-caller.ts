import type { Caller, KeyRateLimits } from '../caller.js';
import type { KeyRecord } from './keys.repository.js';
import { NO_TEAMS, type Rights } from '../roles/rights.js';
import { type Scope, SCOPES } from '../roles/scopes.js';

const ALL_SCOPES: ReadonlySet<Scope> = new Set(SCOPES);
const DEFAULT_RATE_LIMITS: KeyRateLimits = { requestsPerMinute: null, tokensPerMinute: null };

interface KnownKey {
  readonly record: KeyRecord;
  readonly rights: Rights;
}

/** Returns the admin of the instance, acting in a project. @param origin the address the request came from. */
export function toAdminCaller(projectId: string, origin: string | null): Caller {
  return {
    projectId,
    kind: 'instance',
    userId: null,
    keyId: null,
    name: 'admin',
    origin,
    role: 'admin',
    scopes: ALL_SCOPES,
    overTeams: NO_TEAMS,
    rateLimits: DEFAULT_RATE_LIMITS,
    ancestors: [],
  };
}

/**
 * Returns the owner of a key, or the key itself if it has no owner.
 * @param known `rights`: what the key and its user may do together.
 * @param origin the address the request came from.
 */
export function toKeyCaller(known: KnownKey, origin: string | null): Caller {
  const { record, rights } = known;
  const { projectId, keyId, name, owner, rateLimits, ancestors } = record;
  return {
    projectId,
    kind: owner === null ? 'key' : owner.kind,
    userId: owner === null ? null : owner.userId,
    keyId,
    name: owner === null ? name : owner.name,
    origin,
    role: rights.role,
    scopes: rights.scopes,
    overTeams: rights.overTeams,
    rateLimits,
    ancestors,
  };
}
