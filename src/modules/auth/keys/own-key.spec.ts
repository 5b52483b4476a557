import type { ApiKeyEntity } from '../../../entities/index.js';
import { ForbiddenError } from '../errors.js';
import { toWidth } from './key-width.js';
import { OwnKey } from './own-key.js';

const DEFAULTS = { RATE_LIMIT_KEY_REQUESTS: 50, RATE_LIMIT_KEY_TOKENS: 0 };
const ENDS_AT = new Date('2030-01-01T00:00:00Z');

const key = (changes: Partial<ApiKeyEntity> = {}) =>
  ({
    keyId: 'k',
    role: null,
    scopes: ['prompts:read'],
    expiresAt: ENDS_AT,
    requestsPerMinute: 10,
    tokensPerMinute: null,
    ancestors: [],
    ...changes,
  }) as ApiKeyEntity;

const own = (changes: Partial<ApiKeyEntity> = {}) => {
  const made = key(changes);
  return new OwnKey(made, toWidth(made), DEFAULTS);
};
const ADMIN = new OwnKey(null, null, DEFAULTS);

describe('an own key', () => {
  it('covers what is no wider, and the admin covers everything', () => {
    expect(() => own().assertCovers(key(), 'No')).not.toThrow();
    expect(() => ADMIN.assertCovers(key({ scopes: ['keys:write'], expiresAt: null }), 'No')).not.toThrow();
  });

  it('says in what another one is wider', () => {
    const wider = key({ scopes: ['prompts:read', 'keys:write'], expiresAt: null });
    const refusal = new ForbiddenError(
      ['keys:write'],
      'No; this goes beyond yours in keys:write, expires_at.',
    );
    const { message, extensions } = refusal;
    expect(() => own().assertCovers(wider, 'No')).toThrow(expect.objectContaining({ message, extensions }));
  });

  it('hands on its limits where nothing else is asked for', () => {
    expect(own().chooseLimits({ name: 'new' })).toEqual({
      expiresAt: ENDS_AT,
      requestsPerMinute: 10,
      tokensPerMinute: null,
    });
    expect(
      own().chooseLimits({ name: 'new', expires_at: null, rate_limits: { requests_per_minute: 0 } }),
    ).toEqual({ expiresAt: null, requestsPerMinute: 0, tokensPerMinute: null });
    expect(ADMIN.chooseLimits({ name: 'new' })).toEqual({
      expiresAt: null,
      requestsPerMinute: null,
      tokensPerMinute: null,
    });
  });

  it('stands first in the line of the keys that it makes, which has an end', () => {
    expect(ADMIN.listLine()).toEqual([]);
    expect(own({ ancestors: ['a', 'b'] }).listLine()).toEqual(['k', 'a', 'b']);
    expect(() => own({ ancestors: [...'abcdefgh'] }).listLine()).toThrow(ForbiddenError);
  });
});
