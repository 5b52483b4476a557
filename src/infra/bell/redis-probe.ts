import { type OutageLogger, withTimeLimit } from '../../kernel/index.js';
import { openRedis, type RedisConnection } from '../redis/index.js';
import type { BellState } from './bell.js';

export interface RedisProbeOptions {
  readonly redisUrl: string;
  readonly logger: OutageLogger;
  /** Default 500. */
  readonly timeoutMs?: number;
  /** Default true. */
  readonly warnsOfEviction?: boolean;
}

/** Checks the state of Redis over a separate connection, because Bull's blocking reads would delay a PING. */
export class RedisProbe {
  private readonly client: RedisConnection;
  private readonly logger: OutageLogger;
  private readonly timeoutMs: number;
  private policyIsKnown = false;

  constructor(options: RedisProbeOptions) {
    this.logger = options.logger;
    this.timeoutMs = options.timeoutMs ?? 500;
    this.client = openRedis(options.redisUrl);
    if (options.warnsOfEviction === false) return;
    this.client.on('ready', () => void this.warnUnlessNothingIsEvicted());
  }

  /** True once Redis has reported its eviction policy. */
  get isPolicyKnown(): boolean {
    return this.policyIsKnown;
  }

  async check(): Promise<BellState> {
    try {
      await withTimeLimit(this.client.ping(), this.timeoutMs, 'PING');
      return 'up';
    } catch {
      return 'down';
    }
  }

  close(): void {
    if (this.client.isOpen) this.client.destroy();
  }

  /** Reads the policy from INFO, because managed servers often forbid CONFIG. Warns once per process. */
  private async warnUnlessNothingIsEvicted(): Promise<void> {
    if (this.policyIsKnown) return;
    try {
      const info = await withTimeLimit(this.client.info('memory'), this.timeoutMs, 'INFO');
      const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? null;
      this.policyIsKnown = true;
      if (policy === null || policy === 'noeviction') return;
      this.logger.warn(
        `Redis may evict queued hints: its maxmemory-policy is ${policy}. Set it to noeviction, or work may start late.`,
      );
    } catch {
      // The next connection asks again.
    }
  }
}
