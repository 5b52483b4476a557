import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Outage } from '../../../kernel/index.js';
import { ExecutionCountsRepository } from './execution-counts.repository.js';

/** The maximum number of deltas in one fold: some tens of milliseconds of work. */
const MOST_AT_ONCE = 10_000;
const INTERVAL_MS = 2_000;
const LONGEST_INTERVAL_MS = 30_000;

/**
 * Keeps the number of deltas small that reads have to add up. Folding is invisible to readers, so every process may do it and none must.
 * Only one folds at a time. The others, and all of them when nothing happens, back off.
 */
@Injectable()
export class CountFolder implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly outage = new Outage(new Logger(CountFolder.name), 'the folding of counts');
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> = Promise.resolve();
  private isLeaving = false;

  constructor(private readonly counts: ExecutionCountsRepository) {}

  onApplicationBootstrap(): void {
    this.foldIn(INTERVAL_MS);
  }

  /** Lets a fold in progress end before the connections close. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isLeaving = true;
    clearTimeout(this.timer);
    await this.underWay;
  }

  private foldIn(waitMs: number): void {
    if (this.isLeaving) return;
    this.timer = setTimeout(() => {
      this.underWay = this.foldAll().then((isBusy) => {
        this.foldIn(isBusy ? INTERVAL_MS : Math.min(2 * waitMs, LONGEST_INTERVAL_MS));
      });
    }, waitMs);
    this.timer.unref();
  }

  /** @returns whether there was anything to fold. */
  private async foldAll(): Promise<boolean> {
    try {
      let folded = await this.counts.fold(MOST_AT_ONCE);
      const isBusy = folded > 0;
      while (folded === MOST_AT_ONCE && !this.isLeaving) folded = await this.counts.fold(MOST_AT_ONCE);
      this.outage.end();
      return isBusy;
    } catch (error) {
      this.outage.begin(error);
      return false;
    }
  }
}
