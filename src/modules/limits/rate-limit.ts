import { MINUTE_MS } from '../../infra/supervision/index.js';
import type { KeyAncestor, KeyRateLimits } from '../auth/index.js';

/** The caller whose limits are used up: that of the request, or of the running execution. */
export interface Spender {
  readonly projectId: string;
  /** Null for a person who has signed in, and for the instance's admin. */
  readonly keyId: string | null;
  /** Identifies a person without a key; left out: the instance's admin. */
  readonly userId?: string | null;
  readonly rateLimits: KeyRateLimits;
  /** The key's ancestors, whose limits it uses up as well. */
  readonly ancestors: readonly KeyAncestor[];
}

export interface RateLimit {
  /** The name of the counter. */
  readonly id: string;
  readonly of: 'key' | 'project';
  readonly unit: 'requests' | 'tokens';
  readonly perMinute: number;
}

/** The default limits from the environment; 0 for none. */
export interface DefaultRateLimits {
  readonly RATE_LIMIT_KEY_REQUESTS: number;
  readonly RATE_LIMIT_KEY_TOKENS: number;
  readonly RATE_LIMIT_PROJECT_REQUESTS: number;
  readonly RATE_LIMIT_PROJECT_TOKENS: number;
}

/** The use of a limit in its current minute. */
export interface Standing {
  readonly limit: RateLimit;
  readonly used: number;
  readonly resetMs: number;
}

/** The outcome of a check against a limit, for the headers of the answer. */
export interface Decision {
  /** The use of each limit, including this request if it was admitted. */
  readonly standings: readonly Standing[];
  readonly refusedBy: Standing | null;
}

const NO_LIMITS: readonly RateLimit[] = [];

/** Lists the limits that apply. Most spenders have none. */
export function listLimits(
  { projectId, keyId, userId = null, rateLimits, ancestors }: Spender,
  defaults: DefaultRateLimits,
): readonly RateLimit[] {
  const requestsPerMinute = rateLimits.requestsPerMinute ?? defaults.RATE_LIMIT_KEY_REQUESTS;
  const tokensPerMinute = rateLimits.tokensPerMinute ?? defaults.RATE_LIMIT_KEY_TOKENS;
  const { RATE_LIMIT_PROJECT_REQUESTS: projectRequests, RATE_LIMIT_PROJECT_TOKENS: projectTokens } = defaults;
  // No value is below 0.
  if (ancestors.length === 0 && requestsPerMinute + tokensPerMinute + projectRequests + projectTokens === 0)
    return NO_LIMITS;
  const limits: RateLimit[] = [];
  const add = (of: RateLimit['of'], unit: RateLimit['unit'], owner: string, perMinute: number) => {
    if (perMinute > 0) limits.push({ id: `${of}:${owner}:${unit}`, of, unit, perMinute });
  };
  const key = keyId ?? (userId === null ? 'admin' : `user-${userId}`);
  add('key', 'requests', key, requestsPerMinute);
  add('key', 'tokens', key, tokensPerMinute);
  for (const { keyId: ancestor, rateLimits: own } of ancestors) {
    add('key', 'requests', ancestor, own.requestsPerMinute ?? defaults.RATE_LIMIT_KEY_REQUESTS);
    add('key', 'tokens', ancestor, own.tokensPerMinute ?? defaults.RATE_LIMIT_KEY_TOKENS);
  }
  add('project', 'requests', projectId, projectRequests);
  add('project', 'tokens', projectId, projectTokens);
  return limits;
}

/** Returns how much of a limit admitting `executions` takes. Their tokens are not known yet. */
export function countTaken({ unit }: RateLimit, executions: number): number {
  return unit === 'requests' ? executions : 0;
}

/**
 * Returns the limit that refuses `executions` more. Requests must have room for all of them, and tokens must not be used up. Of
 * several limits, returns the one with the longest wait; null when none refuses.
 */
export function findRefusing(standings: readonly Standing[], executions: number): Standing | null {
  const refusing = standings.filter(({ limit, used }) =>
    limit.unit === 'requests' ? used + executions > limit.perMinute : used >= limit.perMinute,
  );
  return refusing.reduce<Standing | null>(
    (longest, each) => (longest === null || each.resetMs > longest.resetMs ? each : longest),
    null,
  );
}

/** Describes the limit that refused, or the tightest one. */
export function toHeaders({ standings, refusedBy }: Decision): Readonly<Record<string, string>> {
  const shown = refusedBy ?? findTightest(standings);
  if (shown === null) return {};
  const { perMinute } = shown.limit;
  return {
    'RateLimit-Limit': String(perMinute),
    'RateLimit-Remaining': String(computeRemaining(shown)),
    'RateLimit-Reset': String(toResetSeconds(shown)),
    'RateLimit-Policy': `${perMinute};w=${MINUTE_MS / 1000}`,
  };
}

export function computeRemaining({ limit, used }: Standing): number {
  return Math.max(0, limit.perMinute - used);
}

/** Never returns 0, so that a client which waits that long finds a new minute. */
export function toResetSeconds({ resetMs }: Standing): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}

/** Finds the limit with the least left. Between requests and tokens, the smaller remaining share decides. */
function findTightest(standings: readonly Standing[]): Standing | null {
  const computeShare = (standing: Standing) => computeRemaining(standing) / standing.limit.perMinute;
  const least = (unit: RateLimit['unit']) =>
    standings
      .filter(({ limit }) => limit.unit === unit)
      .reduce<Standing | null>(
        (tightest, each) =>
          tightest === null || computeRemaining(each) < computeRemaining(tightest) ? each : tightest,
        null,
      );
  const requests = least('requests');
  const tokens = least('tokens');
  if (requests === null || tokens === null) return requests ?? tokens;
  return computeShare(tokens) < computeShare(requests) ? tokens : requests;
}
