import type { KeyRateLimits } from '../caller.js';
import { type Grant, scopesOfGrant } from '../roles/rights.js';

/** Everything that a key may do. */
export interface KeyWidth extends KeyRateLimits {
  readonly scopes: readonly string[];
  /** Null for never. */
  readonly expiresAt: Date | null;
}

/** The limits of a key without its own; 0 for none. */
export interface DefaultKeyLimits {
  readonly RATE_LIMIT_KEY_REQUESTS: number;
  readonly RATE_LIMIT_KEY_TOKENS: number;
}

/** Returns everything that a key was created to do, regardless of its owner. */
export function toWidth(key: Grant & KeyWidth): KeyWidth {
  const { expiresAt, requestsPerMinute, tokensPerMinute } = key;
  return { scopes: [...scopesOfGrant(key)], expiresAt, requestsPerMinute, tokensPerMinute };
}

/** Lists what a key may do that another may not, by the names of the API. Empty if there is nothing. */
export function findExcess(key: KeyWidth, beyond: KeyWidth, defaults: DefaultKeyLimits): string[] {
  const { RATE_LIMIT_KEY_REQUESTS: requests, RATE_LIMIT_KEY_TOKENS: tokens } = defaults;
  return [
    ...key.scopes.filter((scope) => !beyond.scopes.includes(scope)),
    ...(isLater(key.expiresAt, beyond.expiresAt) ? ['expires_at'] : []),
    ...(isMore(key.requestsPerMinute, beyond.requestsPerMinute, requests)
      ? ['rate_limits.requests_per_minute']
      : []),
    ...(isMore(key.tokensPerMinute, beyond.tokensPerMinute, tokens) ? ['rate_limits.tokens_per_minute'] : []),
  ];
}

/** Returns the limit of a new key that specifies none: the default, unless its creator has less. */
export function inheritedLimit(ofMaker: number | null, usual: number): number | null {
  return isMore(null, ofMaker, usual) ? ofMaker : null;
}

function isLater(one: Date | null, other: Date | null): boolean {
  if (other === null) return false;
  return one === null || one > other;
}

/** Compares two limits of keys, in which 0 means none and null the default. */
function isMore(one: number | null, other: number | null, usual: number): boolean {
  return toMost(one ?? usual) > toMost(other ?? usual);
}

function toMost(limit: number): number {
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}
