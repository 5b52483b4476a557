import { AppConfig, parseEnvironment } from '../../infra/config/index.js';
import { RawAnswer } from '../../infra/http/index.js';
import { Clock } from '../../kernel/index.js';
import { RateLimitedError } from './errors.js';
import { RateCounters } from './rate-counters.js';
import type { Spender } from './rate-limit.js';
import { RateLimits } from './rate-limits.js';

class TimersClock extends Clock {
  monotonicMs(): number {
    return performance.now();
  }
}

/** Counts in memory, by Jest's clock. */
function open(variables: Readonly<Record<string, string>>) {
  const backends = { databaseUrl: '', keyHashSecret: null, embedded: false };
  const config = new AppConfig(parseEnvironment(variables), backends);
  const counters = new RateCounters(null, new TimersClock());
  const ask = jest.spyOn(counters, 'ask');
  return { limits: new RateLimits(config, counters), ask };
}

const UNSET = { requestsPerMinute: null, tokensPerMinute: null };

/** Returns a new request each time, because each has its own caller object. */
function request(keyId = 'a', rateLimits: Spender['rateLimits'] = UNSET): Spender {
  return { projectId: 'project', keyId, rateLimits, ancestors: [] };
}

async function outcomeOf(admission: void | Promise<void>): Promise<'admitted' | RateLimitedError> {
  return Promise.resolve(admission).then(
    () => 'admitted',
    (error: unknown) => {
      if (error instanceof RateLimitedError) return error;
      throw error;
    },
  );
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('without a limit', () => {
  it('nothing is counted, and no header is sent', async () => {
    const { limits, ask } = open({});
    const caller = request();
    await limits.admit(caller, 1000);
    limits.charge(caller, 1000);
    const answer = RawAnswer.json(200, '{}');
    expect(await limits.onAnswer(caller, answer)).toEqual(answer);
    expect(ask).not.toHaveBeenCalled();
  });
});

describe('a limit of requests', () => {
  it('lets in so many a minute, which begins with the first', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '3' });
    for (let count = 0; count < 3; count += 1) {
      expect(await outcomeOf(limits.admit(request(), 1))).toBe('admitted');
      await jest.advanceTimersByTimeAsync(10_000);
    }
    const refused = await outcomeOf(limits.admit(request(), 1));
    expect(refused).toMatchObject({ code: 'RATE_LIMITED', status: 429, headers: { 'Retry-After': '30' } });
    expect(String(refused)).toContain('The key has used its 3 requests of this minute');
    await jest.advanceTimersByTimeAsync(29_999);
    expect(await outcomeOf(limits.admit(request(), 1))).toBeInstanceOf(RateLimitedError);
    await jest.advanceTimersByTimeAsync(1);
    expect(await outcomeOf(limits.admit(request(), 3))).toBe('admitted');
  });

  it('is of each key', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '1' });
    expect(await outcomeOf(limits.admit(request('a'), 1))).toBe('admitted');
    expect(await outcomeOf(limits.admit(request('b'), 1))).toBe('admitted');
    expect(await outcomeOf(limits.admit(request('a'), 1))).toBeInstanceOf(RateLimitedError);
  });

  it('takes a batch as a whole or not at all', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '10' });
    await limits.admit(request(), 6);
    const refused = await outcomeOf(limits.admit(request(), 5));
    expect(String(refused)).toContain('4 more of its 10 executions in this minute and these are 5');
    expect(await outcomeOf(limits.admit(request(), 4))).toBe('admitted');
  });

  it('tells a batch that is larger than a whole minute that it never fits', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '10' });
    const refused = await outcomeOf(limits.admit(request(), 11));
    expect(String(refused)).toContain('10 executions a minute and these are 11; send fewer at once');
    expect(await outcomeOf(limits.admit(request(), 10))).toBe('admitted');
  });

  it('takes nothing of the project for who is refused by the key', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '2', RATE_LIMIT_PROJECT_REQUESTS: '4' });
    const greedy = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(limits.admit(request('greedy'), 1))),
    );
    expect(greedy.filter((outcome) => outcome === 'admitted')).toHaveLength(2);
    expect(await outcomeOf(limits.admit(request('other'), 2))).toBe('admitted');
    const refused = await outcomeOf(limits.admit(request('third'), 1));
    expect(String(refused)).toContain('The project has used its 4 requests of this minute');
  });

  it('takes nothing of the key for who is refused by the project', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '3', RATE_LIMIT_PROJECT_REQUESTS: '3' });
    await limits.admit(request('other'), 3);
    await jest.advanceTimersByTimeAsync(30_000);
    for (let count = 0; count < 5; count += 1) {
      expect(await outcomeOf(limits.admit(request('a'), 1))).toBeInstanceOf(RateLimitedError);
    }
    // The project's minute is over. If the refusal had begun a minute for the key, that would still be running.
    await jest.advanceTimersByTimeAsync(30_000);
    expect(await outcomeOf(limits.admit(request('a'), 3))).toBe('admitted');
  });

  it('gives no credit to the next minute for what is refused at the end of this one', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '2' });
    await limits.admit(request(), 2);
    await jest.advanceTimersByTimeAsync(59_990);
    expect(await outcomeOf(limits.admit(request(), 2))).toBeInstanceOf(RateLimitedError);
    await jest.advanceTimersByTimeAsync(10);
    expect(await outcomeOf(limits.admit(request(), 2))).toBe('admitted');
    expect(await outcomeOf(limits.admit(request(), 1))).toBeInstanceOf(RateLimitedError);
  });
});

describe('a limit of tokens', () => {
  it('lets in while any are left, and counts what was really used', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_TOKENS: '100' });
    const first = request();
    await limits.admit(first, 1);
    limits.charge(first, 99);
    const second = request();
    expect(await outcomeOf(limits.admit(second, 5))).toBe('admitted');
    limits.charge(second, 70);
    const refused = await outcomeOf(limits.admit(request(), 1));
    expect(String(refused)).toContain('The key has used its 100 tokens of this minute');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await outcomeOf(limits.admit(request(), 1))).toBe('admitted');
  });

  it('is charged by whoever finishes, and nothing for what is not known', async () => {
    const { limits } = open({ RATE_LIMIT_PROJECT_TOKENS: '10' });
    limits.charge(request('of a worker'), 0);
    expect(await outcomeOf(limits.admit(request(), 1))).toBe('admitted');
    limits.charge(request('of a worker'), 10);
    expect(await outcomeOf(limits.admit(request(), 1))).toBeInstanceOf(RateLimitedError);
  });

  it('shows the answer of a run without the tokens that it used itself', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_TOKENS: '100' });
    const caller = request();
    await limits.admit(caller, 1);
    limits.charge(caller, 30);
    expect(await limits.headersFor(caller)).toMatchObject({ 'RateLimit-Remaining': '70' });
  });
});

describe('the headers', () => {
  it('count the request itself, and a refused one uses nothing', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '10' });
    const first = request();
    await limits.admit(first, 4);
    expect((await limits.onAnswer(first, RawAnswer.json(200, '{}'))).headers).toMatchObject({
      'RateLimit-Limit': '10',
      'RateLimit-Remaining': '6',
      'RateLimit-Reset': '60',
      'RateLimit-Policy': '10;w=60',
    });
    const refused = request();
    await outcomeOf(limits.admit(refused, 7));
    expect(await limits.headersFor(refused)).toMatchObject({ 'RateLimit-Remaining': '6' });
  });

  it('are looked up for a request that was not counted', async () => {
    const { limits } = open({ RATE_LIMIT_KEY_REQUESTS: '10' });
    expect(await limits.headersFor(request())).toMatchObject({
      'RateLimit-Remaining': '10',
      'RateLimit-Reset': '60',
    });
    await limits.admit(request(), 1);
    expect(await limits.headersFor(request())).toMatchObject({ 'RateLimit-Remaining': '9' });
  });
});
