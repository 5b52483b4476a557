import { ConnectionError, NotFoundError } from '../core/index.js';
import type { LedgerPrompt } from './prompt.js';
import { PromptCache, type PromptKey } from './prompt-cache.js';

const ACTIVE: PromptKey = { name: 'a', version: null, environment: null };
const AGE = { ttlMs: 60_000, maxAgeMs: 600_000 };

/** A cache whose clocks move only when the test moves them, and a ledger that answers with one version after another. */
function setUp() {
  const clocks = { now: 0, wall: 1_000_000 };
  const answers: (() => Promise<LedgerPrompt>)[] = [];
  let fetched = 0;
  const cache = new PromptCache({
    now: () => clocks.now,
    wallNow: () => clocks.wall,
    fetch: () => {
      fetched += 1;
      return (answers.shift() ?? (() => Promise.resolve(version(fetched))))();
    },
  });
  const read = async (key = ACTIVE) => (await cache.get(key, AGE)).version_number;
  return { clocks, answers, cache, read, fetches: () => fetched };
}

const version = (version_number: number) => ({ version_number }) as unknown as LedgerPrompt;
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the prompt cache', () => {
  it('gives what is old, and renews it behind the back of its reader', async () => {
    const { clocks, read, fetches } = setUp();
    expect(await read()).toBe(1);
    clocks.now += AGE.ttlMs;
    expect(await read()).toBe(1);
    await settle();
    expect(await read()).toBe(2);
    expect(fetches()).toBe(2);
  });

  it.each([
    ['both clocks', 1, 1],
    ['the wall clock alone, as in a frozen process', 0, 1],
    ['the clock of the process alone, where the other was set back', 1, -5],
  ])('asks first for what is far too old by %s', async (_, now, wall) => {
    const { clocks, read } = setUp();
    expect(await read()).toBe(1);
    clocks.now += now * AGE.maxAgeMs;
    clocks.wall += wall * AGE.maxAgeMs;
    expect(await read()).toBe(2);
  });

  it('never asks twice for a version with a number', async () => {
    const { clocks, read, fetches } = setUp();
    const numbered = { name: 'a', version: 7, environment: null };
    await read(numbered);
    clocks.wall += 10 * AGE.maxAgeMs;
    await read(numbered);
    expect(fetches()).toBe(1);
  });

  it('keeps a prompt for each environment, and forgets all of them at once', async () => {
    const { cache, read } = setUp();
    const [prod, staging] = ['prod', 'staging'].map((environment) => ({ ...ACTIVE, environment }));
    expect([await read(), await read(prod), await read(staging)]).toEqual([1, 2, 3]);
    expect([await read(), await read(prod), await read(staging)]).toEqual([1, 2, 3]);
    cache.evict('another');
    expect(cache.size).toBe(3);
    cache.evict('a');
    expect([await read(prod), cache.size]).toEqual([4, 1]);
    cache.evict(null);
    expect(cache.size).toBe(0);
  });

  it('gives what is far too old where the ledger cannot be reached, and asks nobody for a while', async () => {
    const { clocks, answers, read, fetches } = setUp();
    expect(await read()).toBe(1);
    clocks.wall += AGE.maxAgeMs;
    answers.push(() => Promise.reject(new ConnectionError('away', null)));
    expect(await read()).toBe(1);
    expect(await read()).toBe(1);
    expect(fetches()).toBe(2);
  });

  it('says so when the prompt is gone', async () => {
    const { clocks, answers, read } = setUp();
    await read();
    clocks.wall += AGE.maxAgeMs;
    const gone = Object.assign(Object.create(NotFoundError.prototype) as NotFoundError, { status: 404 });
    answers.push(() => Promise.reject(gone));
    await expect(read()).rejects.toBe(gone);
    expect(await read()).toBe(3);
  });

  it('waits three seconds for the ledger, then gives what it has', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const { clocks, answers, read } = setUp();
      await read();
      clocks.wall += AGE.maxAgeMs;
      answers.push(() => new Promise(() => undefined));
      const reading = read();
      await jest.advanceTimersByTimeAsync(3_000);
      expect(await reading).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
