import { RateLimiterMemory } from 'rate-limiter-flexible';

export const MINUTE_MS = 60_000;

/** The count of an id in its current minute, which begins with the first event. */
export interface Count {
  readonly used: number;
  /** The time until the minute ends and its count expires. */
  readonly resetMs: number;
}

/** A place to count in. */
export interface Counters {
  read(id: string): Promise<Count>;
  add(id: string, points: number): Promise<Count>;
  /** Takes back points that were added a moment ago and not used. */
  giveBack(id: string, points: number): Promise<void>;
}

/** The common interface of rate-limiter-flexible's limiters in memory and in Redis. */
interface MinuteLimiter {
  get(id: string): Promise<MinuteResult | null>;
  penalty(id: string, points: number): Promise<MinuteResult>;
  reward(id: string, points: number): Promise<unknown>;
}

interface MinuteResult {
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
}

/** The library only counts and never refuses, because each key has its own limit and the library has one for all keys. */
export const COUNT_ONLY = { points: Number.MAX_SAFE_INTEGER, duration: MINUTE_MS / 1000 };

/** Counts in the memory of this process. */
export function createMemoryCounters(): Counters {
  return toCounters(new RateLimiterMemory(COUNT_ONLY));
}

/** @param limiter a limiter created with {@link COUNT_ONLY}. */
export function toCounters(limiter: MinuteLimiter): Counters {
  return {
    read: async (id) => toCount(await limiter.get(id)),
    add: async (id, points) => toCount(await limiter.penalty(id, points)),
    giveBack: async (id, points) => {
      await limiter.reward(id, points);
    },
  };
}

function toCount(result: MinuteResult | null): Count {
  // The memory limiter keeps an expired entry until its timer fires.
  if (result === null || result.msBeforeNext <= 0) return { used: 0, resetMs: MINUTE_MS };
  return { used: result.consumedPoints, resetMs: result.msBeforeNext };
}
