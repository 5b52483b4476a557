import { type BeforeApplicationShutdown, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { getMessage } from '../../kernel/index.js';

export interface ExpiryOptions {
  readonly intervalMs: number;
  /** Small enough that no lock is held for long. */
  readonly mostAtOnce: number;
  /** Names the failed action in the log. */
  readonly failure: string;
}

/** Periodically ends what has expired. Any process may do it; each skips what another one is ending. */
export abstract class Expiry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(this.constructor.name);
  private timer: NodeJS.Timeout | undefined;
  private isLeaving = false;

  constructor(private readonly options: ExpiryOptions) {}

  /** @returns how many were ended, at most `most`. */
  protected abstract expireSome(most: number): Promise<number>;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.endAll().catch((error: unknown) => {
        this.logger.warn(`${this.options.failure}: ${getMessage(error)}`);
      });
    }, this.options.intervalMs);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    this.isLeaving = true;
    clearInterval(this.timer);
  }

  /** @returns how many were ended. */
  async endAll(): Promise<number> {
    const { mostAtOnce } = this.options;
    let total = 0;
    for (;;) {
      const ended = await this.expireSome(mostAtOnce);
      total += ended;
      if (ended < mostAtOnce || this.isLeaving) return total;
    }
  }
}
