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

/** The longest that a request waits for Redis, whatever its state. */
const ANSWER_TIMEOUT_MS = 500;
/** How often one request tries Redis again after it was silent. */
const TRY_AGAIN_MS = 1000;
/**
 * Counts by the minute in Redis, which all processes share, or locally without one. Also counts locally while Redis does not
 * answer, because a limit that is slightly too generous is better than a service that is down.
 */
export class RateCounters implements OnApplicationShutdown {
  private readonly shared: Counters | null;
  private readonly outage = new Outage(new Logger('RateLimits'), 'Redis, for rate limits,');
  private silentUntilMs: number | null = null;

  /**
   * @param connection used and closed by this object alone; null without Redis.
   * @param own counts without Redis: in this process's memory, or in its supervisor.
   */
  constructor(
    private readonly connection: RedisConnection | null,
    private readonly clock: Clock,
    private readonly own: Counters = createMemoryCounters(),
  ) {
    this.shared = connection === null ? null : sharedCounters(connection);
  }

  /** Asks the counters in use. Simultaneous questions go to Redis in one round trip. Never fails because of Redis. */
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
    // One request finds out, and the others do not wait for it.
    this.silentUntilMs = nowMs + TRY_AGAIN_MS;
    return true;
  }
}

function sharedCounters(storeClient: RedisConnection): Counters {
  return toCounters(
    new RateLimiterRedis({
      ...COUNT_ONLY,
      storeClient,
      // Stated here, because the detection goes by the client's class name, which differs in this version of the package.
      useRedisPackage: true,
      keyPrefix: 'prompt-ledger-rate',
    }),
  );
}
