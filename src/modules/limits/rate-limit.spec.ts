import {
  type DefaultRateLimits,
  findRefusing,
  toHeaders,
  listLimits,
  type RateLimit,
  type Standing,
} from './rate-limit.js';

const NONE: DefaultRateLimits = {
  RATE_LIMIT_KEY_REQUESTS: 0,
  RATE_LIMIT_KEY_TOKENS: 0,
  RATE_LIMIT_PROJECT_REQUESTS: 0,
  RATE_LIMIT_PROJECT_TOKENS: 0,
};
const ALL: DefaultRateLimits = {
  RATE_LIMIT_KEY_REQUESTS: 1,
  RATE_LIMIT_KEY_TOKENS: 2,
  RATE_LIMIT_PROJECT_REQUESTS: 3,
  RATE_LIMIT_PROJECT_TOKENS: 4,
};
const UNSET = { requestsPerMinute: null, tokensPerMinute: null };
const spender = { projectId: 'p', keyId: 'k', rateLimits: UNSET, ancestors: [] };

/** Parses a text such as `requests 90/100`. */
function standing(text: string, resetMs = 30_000, of: RateLimit['of'] = 'key'): Standing {
  const [unit, used, perMinute] = text.split(/[ /]/);
  const limit = { id: `${of} ${text}`, of, unit: unit as RateLimit['unit'], perMinute: Number(perMinute) };
  return { limit, used: Number(used), resetMs };
}

describe('the limits of a request', () => {
  const summary = (limits: readonly RateLimit[]) => limits.map(({ id, perMinute }) => `${id} ${perMinute}`);

  it('are none where none is set', () => {
    expect(listLimits(spender, NONE)).toEqual([]);
  });

  it('are those of the environment, of its key and of its project', () => {
    const expected = ['key:k:requests 1', 'key:k:tokens 2', 'project:p:requests 3', 'project:p:tokens 4'];
    expect(summary(listLimits(spender, ALL))).toEqual(expected);
  });

  it("are the key's own before those of the environment, where 0 is none", () => {
    const rateLimits = { requestsPerMinute: 50, tokensPerMinute: 0 };
    const expected = ['key:k:requests 50', 'project:p:requests 3', 'project:p:tokens 4'];
    expect(summary(listLimits({ ...spender, rateLimits }, ALL))).toEqual(expected);
    expect(summary(listLimits({ ...spender, rateLimits }, NONE))).toEqual(['key:k:requests 50']);
  });

  it('are those of the keys that it comes from, too', () => {
    const maker = { keyId: 'm', rateLimits: { requestsPerMinute: 9, tokensPerMinute: null } };
    const unlimited = { keyId: 'n', rateLimits: { requestsPerMinute: 0, tokensPerMinute: 0 } };
    const rateLimits = { requestsPerMinute: 5, tokensPerMinute: 0 };
    const made = { ...spender, rateLimits, ancestors: [maker, unlimited] };
    expect(summary(listLimits(made, NONE))).toEqual(['key:k:requests 5', 'key:m:requests 9']);
    expect(summary(listLimits(made, ALL))).toEqual([
      'key:k:requests 5',
      'key:m:requests 9',
      'key:m:tokens 2',
      'project:p:requests 3',
      'project:p:tokens 4',
    ]);
    // A key without a limit of its own uses up those of its ancestors.
    expect(summary(listLimits({ ...spender, ancestors: [maker] }, NONE))).toEqual(['key:m:requests 9']);
  });

  it("hold for the admin's key too", () => {
    expect(summary(listLimits({ ...spender, keyId: null }, ALL))).toContain('key:admin:requests 1');
  });
});

describe('a limit', () => {
  it.each([
    ['requests 99/100', 1, false],
    ['requests 100/100', 1, true],
    ['requests 90/100', 10, false],
    ['requests 90/100', 11, true],
    ['requests 0/100', 101, true],
    // The tokens of a call are not known in advance, so it is admitted while any are left.
    ['tokens 99/100', 50, false],
    ['tokens 100/100', 1, true],
    ['tokens 170/100', 1, true],
  ])('of which is used: %s refuses %d more: %s', (text, executions, isRefused) => {
    const only = standing(text);
    expect(findRefusing([only], executions)).toBe(isRefused ? only : null);
  });

  it('that refuses is the one to wait longest for', () => {
    const long = standing('tokens 9/9', 50_000);
    const all = [standing('requests 9/9', 20_000), long, standing('requests 5/9', 60_000)];
    expect(findRefusing(all, 1)).toBe(long);
  });
});

describe('the headers', () => {
  const shownOf = (...texts: string[]) =>
    toHeaders({ standings: texts.map((text) => standing(text)), refusedBy: null });

  it('are none without a limit', () => {
    expect(toHeaders({ standings: [], refusedBy: null })).toEqual({});
  });

  it('say how much is left, and until when', () => {
    expect(toHeaders({ standings: [standing('requests 30/100', 12_001)], refusedBy: null })).toEqual({
      'RateLimit-Limit': '100',
      'RateLimit-Remaining': '70',
      'RateLimit-Reset': '13',
      'RateLimit-Policy': '100;w=60',
    });
  });

  it('never say that less than nothing is left, or that no time is left', () => {
    const over = toHeaders({ standings: [standing('tokens 170/100', 1)], refusedBy: null });
    expect(over).toMatchObject({ 'RateLimit-Remaining': '0', 'RateLimit-Reset': '1' });
  });

  it('are of the one with the least left, and between requests and tokens of the one with the smaller share', () => {
    expect(shownOf('requests 9/10', 'requests 95/100')['RateLimit-Limit']).toBe('10');
    expect(shownOf('requests 5/10', 'tokens 700/1000')['RateLimit-Limit']).toBe('1000');
    expect(shownOf('requests 5/10', 'tokens 300/1000')['RateLimit-Limit']).toBe('10');
    expect(shownOf('requests 5/10', 'tokens 500/1000')['RateLimit-Limit']).toBe('10');
  });

  it('are of the one that refused, whatever is tighter', () => {
    const refusedBy = standing('requests 60/100');
    const decision = { standings: [refusedBy, standing('tokens 999/1000')], refusedBy };
    expect(toHeaders(decision)).toMatchObject({ 'RateLimit-Limit': '100', 'RateLimit-Remaining': '40' });
  });
});
