import type { KeyRateLimits } from '../caller.js';
import { type Grant, scopesOfGrant } from '../roles/rights.js';

/** All that a key may do. */
export interface KeyWidth extends KeyRateLimits {
  readonly scopes: readonly string[];
  /** Null for never. */
  readonly expiresAt: Date | null;
}

/** The limits of a key that has none of its own; 0 for none. */
export interface DefaultKeyLimits {
  readonly RATE_LIMIT_KEY_REQUESTS: number;
  readonly RATE_LIMIT_KEY_TOKENS: number;
}

/** All that a key was made to do, whoever owns it. */
export function toWidth(key: Grant & KeyWidth): KeyWidth {
  const { expiresAt, requestsPerMinute, tokensPerMinute } = key;
  return { scopes: [...scopesOfGrant(key)], expiresAt, requestsPerMinute, tokensPerMinute };
}

/** In what one key goes beyond another, by the names of the API; empty when it does not. */
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

/** The limit of a new key about which nothing was said: the default, unless that is more than its maker has. */
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
