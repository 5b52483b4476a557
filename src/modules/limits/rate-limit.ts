import { MINUTE_MS } from '../../infra/supervision/index.js';
import type { KeyAncestor, KeyRateLimits } from '../auth/index.js';

/** The owner of the limits in use: a caller, or the one who asked for the running execution. */
export interface Spender {
  readonly projectId: string;
  /** Null for a person who has signed in, and for the instance's admin. */
  readonly keyId: string | null;
  /** Identifies a person without a key; left out: the instance's admin. */
  readonly userId?: string | null;
  readonly rateLimits: KeyRateLimits;
  /** The keys that it comes from, whose limits it uses up as well. */
  readonly ancestors: readonly KeyAncestor[];
}

export interface RateLimit {
  /** The name under which requests are counted. */
  readonly id: string;
  readonly of: 'key' | 'project';
  readonly unit: 'requests' | 'tokens';
  readonly perMinute: number;
}

/** The limits of the environment; 0 for none. */
export interface DefaultRateLimits {
  readonly RATE_LIMIT_KEY_REQUESTS: number;
  readonly RATE_LIMIT_KEY_TOKENS: number;
  readonly RATE_LIMIT_PROJECT_REQUESTS: number;
  readonly RATE_LIMIT_PROJECT_TOKENS: number;
}

/** The use of a limit in its present minute. */
export interface Standing {
  readonly limit: RateLimit;
  readonly used: number;
  readonly resetMs: number;
}

/** The outcome of a check against a limit, for the headers of the answer. */
export interface Decision {
  /** After the request, if it was let in. */
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
  // None is below 0.
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

/** Returns how much of a limit admitting `executions` takes. How many tokens they will use is not known yet. */
export function countTaken({ unit }: RateLimit, executions: number): number {
  return unit === 'requests' ? executions : 0;
}

/**
 * Which limit refuses `executions` more: all of them have to fit among the requests, and of the tokens something has to
 * be left. Of several the one to wait longest for; null when none does.
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

/** The limit that refused, or the tightest one. */
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

/** Never 0: a client that waits so long is to find a new minute. */
export function toResetSeconds({ resetMs }: Standing): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}

/** The one with the least left; where requests and tokens would have to be compared, with the smaller share left. */
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
