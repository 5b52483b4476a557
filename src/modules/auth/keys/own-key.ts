import type { ApiKeyEntity } from '../../../entities/index.js';
import { parseRfc3339 } from '../../../infra/http/index.js';
import { ForbiddenError } from '../errors.js';
import type { Grant } from '../roles/rights.js';
import { isScope } from '../roles/scopes.js';
import { type DefaultKeyLimits, findExcess, inheritedLimit, type KeyWidth, toWidth } from './key-width.js';
import type { CreateKeyDto } from './keys.dto.js';

/** Keys that create keys that create keys: a few levels are legitimate use, many are not. */
const MOST_ANCESTORS = 8;

/** The key that creates or changes other keys, in its current state. It grants no more than it has. */
export class OwnKey {
  /**
   * @param key null for the admin of the instance, and for a signed-in person.
   * @param width everything that its holder may do now; null for the admin, who has no bounds.
   * @param defaults the limits of a key without its own.
   */
  constructor(
    readonly key: ApiKeyEntity | null,
    readonly width: KeyWidth | null,
    private readonly defaults: DefaultKeyLimits,
  ) {}

  /** @param rule what the holder may not do, for the message. @throws ForbiddenError `FORBIDDEN` for a key that may do more. */
  assertCovers(key: Grant & KeyWidth, rule: string): void {
    if (this.width === null) return;
    const excess = findExcess(toWidth(key), this.width, this.defaults);
    if (excess.length === 0) return;
    throw new ForbiddenError(
      excess.filter(isScope),
      `${rule}; this goes beyond yours in ${excess.join(', ')}.`,
    );
  }

  /** Chooses the limits of a new key: the requested ones, completed from this key and the defaults. */
  chooseLimits({ expires_at: expiresAt, rate_limits: limits }: CreateKeyDto): Omit<KeyWidth, 'scopes'> {
    const { RATE_LIMIT_KEY_REQUESTS: requests, RATE_LIMIT_KEY_TOKENS: tokens } = this.defaults;
    const chooseLimit = (
      asked: number | null | undefined,
      ofMaker: number | null | undefined,
      usual: number,
    ) => (asked === undefined ? inheritedLimit(ofMaker ?? null, usual) : asked);
    return {
      expiresAt: expiresAt === undefined ? (this.key?.expiresAt ?? null) : readExpiry(expiresAt),
      requestsPerMinute: chooseLimit(limits?.requests_per_minute, this.key?.requestsPerMinute, requests),
      tokensPerMinute: chooseLimit(limits?.tokens_per_minute, this.key?.tokensPerMinute, tokens),
    };
  }

  /**
   * Lists the keys from which a new key descends, its creator first.
   * @throws ForbiddenError `FORBIDDEN` when there are too many, because every request counts against each of them.
   */
  listLine(): string[] {
    if (this.key === null) return [];
    const { keyId, ancestors } = this.key;
    if (ancestors.length < MOST_ANCESTORS) return [keyId, ...ancestors];
    throw new ForbiddenError(
      [],
      `This key comes from ${MOST_ANCESTORS} others already and can make none; use one of those.`,
    );
  }
}

function readExpiry(expiresAt: string | null): Date | null {
  return expiresAt === null ? null : parseRfc3339(expiresAt);
}
