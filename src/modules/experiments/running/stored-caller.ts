import type { ActorKind } from '../../audit/index.js';
import type { Caller, KeyAncestor, KeyRateLimits } from '../../auth/index.js';

/** The stored form of the caller who created an experiment. The experiment's executions count against that caller's limits. */
export interface StoredCaller {
  readonly kind: ActorKind;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly actor: string;
  readonly rateLimits: KeyRateLimits;
  readonly ancestors: readonly KeyAncestor[];
}

export function storeCaller({
  kind,
  userId,
  keyId,
  name: actor,
  rateLimits,
  ancestors,
}: Caller): StoredCaller {
  return { kind, userId, keyId, actor, rateLimits, ancestors };
}

/** Restores a caller without rights of its own. Each request gets a new one, as over HTTP. */
export function restoreCaller(projectId: string, stored: StoredCaller): Caller {
  const { actor: name, ...kept } = stored;
  return { ...kept, name, projectId, origin: null, role: null, scopes: new Set(), overTeams: new Map() };
}
