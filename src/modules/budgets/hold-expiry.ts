import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { messageOf } from '../../kernel/index.js';
import { BudgetsRepository } from './budgets.repository.js';

const INTERVAL_MS = 60_000;
/** Small enough that no lock is held for long. */
const MOST_AT_ONCE = 500;

/** Ends holds that nobody settled in their time. Any process does; what one is settling the others pass over. */
@Injectable()
export class HoldExpiry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(HoldExpiry.name);
  private timer: NodeJS.Timeout | undefined;
  private isLeaving = false;

  constructor(private readonly budgets: BudgetsRepository) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.expire().catch((error: unknown) => {
        this.logger.warn(`expired holds of budgets could not be ended: ${messageOf(error)}`);
      });
    }, INTERVAL_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    this.isLeaving = true;
    clearInterval(this.timer);
  }

  /** @returns of how many attempts the holds were ended. */
  async expire(): Promise<number> {
    let total = 0;
    for (;;) {
      const ended = await this.budgets.expireHolds(MOST_AT_ONCE);
      total += ended;
      if (ended < MOST_AT_ONCE || this.isLeaving) return total;
    }
  }
}
