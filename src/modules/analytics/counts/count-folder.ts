import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Outage } from '../../../kernel/index.js';
import { ExecutionCountsRepository } from './execution-counts.repository.js';

/** The most deltas that one fold takes: some tens of milliseconds of work. */
const MOST_AT_ONCE = 10_000;
const INTERVAL_MS = 2_000;
const LONGEST_INTERVAL_MS = 30_000;

/**
 * Keeps what reads have to add up small. Folding is invisible to readers, so every process may do it and none has to. One does at a
 * time, and the others look less and less often, as all do where nothing happens.
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

  /** Lets work under way end before the connections are closed. */
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
