import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisConnection } from '../../infra/redis/index.js';
import { type Clock, Outage, withTimeLimit } from '../../kernel/index.js';
import { WINDOW_MS } from './rate-limit.js';

/** What is counted under an id in its present minute, which begins with the first that is counted. */
export interface Count {
  readonly used: number;
  /** Until nothing is counted any more. */
  readonly resetMs: number;
}

/** One place to count in. */
export interface Counters {
  read(id: string): Promise<Count>;
  add(id: string, points: number): Promise<Count>;
  /** For what was added a moment ago and turned out not to be used. */
  giveBack(id: string, points: number): Promise<void>;
}

/** A request waits no longer than this for Redis, whatever has become of it. */
const ANSWER_TIMEOUT_MS = 500;
/** After Redis was silent, so often one request tries whether it is there again. */
const TRY_AGAIN_MS = 1000;
/** The library is to count and not to judge: a limit is its key's own, and its limiters have one for all. */
const COUNT_ONLY = { points: Number.MAX_SAFE_INTEGER, duration: WINDOW_MS / 1000 };

/**
 * Counts by the minute: in Redis, where all processes count together, or in memory when there is none. While Redis does
 * not answer, each process counts by itself: a limit that is a bit too generous is better than a service that is down.
 */
export class RateCounters implements OnApplicationShutdown {
  private readonly own = countersOf(new RateLimiterMemory(COUNT_ONLY));
  private readonly shared: Counters | null;
  private readonly outage = new Outage(new Logger('RateLimits'), 'Redis, for rate limits,');
  private silentUntilMs: number | null = null;

  /** @param connection its own, which it ends; null where there is no Redis. */
  constructor(
    private readonly connection: RedisConnection | null,
    private readonly clock: Clock,
  ) {
    this.shared = connection === null ? null : sharedCounters(connection);
  }

  /** Asks where it is counted now. What is asked for at once goes to Redis in one trip. Never fails for Redis' sake. */
  async ask<T>(question: (counters: Counters) => Promise<T>): Promise<T> {
    if (this.shared === null || !this.mayAnswer()) return question(this.own);
    try {
      const answer = await withTimeLimit(question(this.shared), ANSWER_TIMEOUT_MS, 'the answer');
      this.silentUntilMs = null;
      this.outage.end();
      return answer;
    } catch (error) {
      this.silentUntilMs ??= this.clock.monotonicMs() + TRY_AGAIN_MS;
      this.outage.begin(error);
      return question(this.own);
    }
  }

  onApplicationShutdown(): void {
    if (this.connection?.isOpen === true) this.connection.destroy();
  }

  private mayAnswer(): boolean {
    if (this.connection?.isReady !== true) {
      this.outage.begin(new Error('not connected'));
      return false;
    }
    if (this.silentUntilMs === null) return true;
    const nowMs = this.clock.monotonicMs();
    if (nowMs < this.silentUntilMs) return false;
    // One request finds out; the others do not wait for it.
    this.silentUntilMs = nowMs + TRY_AGAIN_MS;
    return true;
  }
}

function sharedCounters(storeClient: RedisConnection): Counters {
  return countersOf(
    new RateLimiterRedis({
      ...COUNT_ONLY,
      storeClient,
      // It guesses by the name of the client's class, which is another one in this version of the package.
      useRedisPackage: true,
      keyPrefix: 'prompt-ledger-rate',
    }),
  );
}

function countersOf(limiter: RateLimiterMemory | RateLimiterRedis): Counters {
  return {
    read: async (id) => countOf(await limiter.get(id)),
    add: async (id, points) => countOf(await limiter.penalty(id, points)),
    giveBack: async (id, points) => {
      await limiter.reward(id, points);
    },
  };
}

function countOf(result: RateLimiterRes | null): Count {
  // In memory what is over stays until a timer comes round to it.
  if (result === null || result.msBeforeNext <= 0) return { used: 0, resetMs: WINDOW_MS };
  return { used: result.consumedPoints, resetMs: result.msBeforeNext };
}
