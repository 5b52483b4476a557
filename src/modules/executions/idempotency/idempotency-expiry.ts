import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { messageOf } from '../../../kernel/index.js';
import { IdempotencyRepository } from './idempotency.repository.js';

const INTERVAL_MS = 600_000;
/** Small enough that no lock is held for long. */
const MOST_AT_ONCE = 1000;

/** Removes keys whose time is over. Any process does; what one is removing the others pass over. */
@Injectable()
export class IdempotencyExpiry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(IdempotencyExpiry.name);
  private timer: NodeJS.Timeout | undefined;
  private isLeaving = false;

  constructor(private readonly keys: IdempotencyRepository) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.removeExpired().catch((error: unknown) => {
        this.logger.warn(`expired idempotency keys could not be removed: ${messageOf(error)}`);
      });
    }, INTERVAL_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    this.isLeaving = true;
    clearInterval(this.timer);
  }

  /** @returns how many there were. */
  async removeExpired(): Promise<number> {
    let total = 0;
    for (;;) {
      const removed = await this.keys.removeExpired(MOST_AT_ONCE);
      total += removed;
      if (removed < MOST_AT_ONCE || this.isLeaving) return total;
    }
  }
}
