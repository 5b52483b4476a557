import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { RedisConnection } from '../../infra/redis/index.js';
import {
  COUNT_ONLY,
  type Counters,
  createMemoryCounters,
  toCounters,
} from '../../infra/supervision/index.js';
import { type Clock, Outage, withTimeLimit } from '../../kernel/index.js';

/** A request waits no longer than this for Redis, whatever has become of it. */
const ANSWER_TIMEOUT_MS = 500;
/** After Redis was silent, so often one request tries whether it is there again. */
const TRY_AGAIN_MS = 1000;
/**
 * Counts by the minute: in Redis, where all processes count together, or nearer by when there is none. While Redis does
 * not answer, it counts nearer by too: a limit that is a bit too generous is better than a service that is down.
 */
export class RateCounters implements OnApplicationShutdown {
  private readonly shared: Counters | null;
  private readonly outage = new Outage(new Logger('RateLimits'), 'Redis, for rate limits,');
  private silentUntilMs: number | null = null;

  /**
   * @param connection its own, which it ends; null where there is no Redis.
   * @param own where to count without Redis: this process' memory, or its supervisor.
   */
  constructor(
    private readonly connection: RedisConnection | null,
    private readonly clock: Clock,
    private readonly own: Counters = createMemoryCounters(),
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
  return toCounters(
    new RateLimiterRedis({
      ...COUNT_ONLY,
      storeClient,
      // It guesses by the name of the client's class, which is another one in this version of the package.
      useRedisPackage: true,
      keyPrefix: 'prompt-ledger-rate',
    }),
  );
}
