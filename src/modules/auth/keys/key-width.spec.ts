import { findExcess, inheritedLimit, type KeyWidth } from './key-width.js';

const NONE = { RATE_LIMIT_KEY_REQUESTS: 0, RATE_LIMIT_KEY_TOKENS: 0 };
const SOME = { RATE_LIMIT_KEY_REQUESTS: 50, RATE_LIMIT_KEY_TOKENS: 500 };
const at = (year: number) => new Date(Date.UTC(year, 0, 1));

const MAKER: KeyWidth = {
  scopes: ['keys:write', 'executions:run'],
  expiresAt: at(2030),
  requestsPerMinute: 100,
  tokensPerMinute: 1000,
};

describe('findExcess', () => {
  it.each<[string, Partial<KeyWidth>, string[]]>([
    ['the same', {}, []],
    ['fewer scopes', { scopes: ['executions:run'] }, []],
    ['an earlier end', { expiresAt: at(2029) }, []],
    ['smaller limits', { requestsPerMinute: 1, tokensPerMinute: 999 }, []],
    ['a scope that it lacks', { scopes: ['executions:run', 'models:write'] }, ['models:write']],
    ['a scope of a later release', { scopes: ['rollouts:write'] }, ['rollouts:write']],
    ['a later end', { expiresAt: new Date(at(2030).getTime() + 1) }, ['expires_at']],
    ['no end', { expiresAt: null }, ['expires_at']],
    ['a larger limit of requests', { requestsPerMinute: 101 }, ['rate_limits.requests_per_minute']],
    ['no limit of requests', { requestsPerMinute: 0 }, ['rate_limits.requests_per_minute']],
    ['a larger limit of tokens', { tokensPerMinute: 1001 }, ['rate_limits.tokens_per_minute']],
    ['no limit of tokens', { tokensPerMinute: 0 }, ['rate_limits.tokens_per_minute']],
    ['the default, which is none', { requestsPerMinute: null }, ['rate_limits.requests_per_minute']],
  ])('finds in %s what goes beyond it', (_what, changes, excess) => {
    expect(findExcess({ ...MAKER, ...changes }, MAKER, NONE)).toEqual(excess);
  });

  it('takes the default for what it is', () => {
    const usual = { ...MAKER, requestsPerMinute: null, tokensPerMinute: null };
    expect(findExcess(usual, MAKER, SOME)).toEqual([]);
    expect(findExcess({ ...usual, requestsPerMinute: 51 }, usual, SOME)).toEqual([
      'rate_limits.requests_per_minute',
    ]);
    expect(findExcess({ ...usual, requestsPerMinute: 50, tokensPerMinute: 500 }, usual, SOME)).toEqual([]);
  });

  it('finds nothing beyond a key that has no bounds', () => {
    const unbounded = { ...MAKER, expiresAt: null, requestsPerMinute: 0, tokensPerMinute: null };
    expect(findExcess({ ...MAKER, requestsPerMinute: 0, expiresAt: null }, unbounded, NONE)).toEqual([]);
  });
});

describe('inheritedLimit', () => {
  it.each([
    [null, 0, null],
    [0, 0, null],
    [100, 0, 100],
    [100, 50, null],
    [100, 100, null],
    [100, 101, 100],
    [0, 50, null],
  ])('of a maker with %p, where %d is usual, is %p', (ofMaker, usual, inherited) => {
    expect(inheritedLimit(ofMaker, usual)).toBe(inherited);
  });
});
