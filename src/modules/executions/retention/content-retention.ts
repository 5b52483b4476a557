import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { Metrics } from '../../../infra/metrics/index.js';
import { getMessage } from '../../../kernel/index.js';
import { ContentRetentionRepository, type ExpiringContent } from './content-retention.repository.js';

/** Small enough that a batch takes milliseconds and its locks block nobody for long. */
const BATCH_SIZE = 50;
/** The pause between two batches, so that a backlog of months leaves the database to requests. */
const PAUSE_MS = 5;

/** How often a blocked drop is retried in one pass. The next pass continues. */
const MAX_TRIES = 20;
const TRY_AGAIN_MS = 100;

/** The counts of a pass. */
export interface RetentionPass {
  readonly erased: number;
  /** Names of the partitions that were dropped. */
  readonly dropped: readonly string[];
}

/**
 * Erases expired content, as the settings of each project say. Drops weeks that have expired in every project as a whole, which
 * costs nothing. Then marks the executions, which also erases the content in their rows and keys. Every process does this;
 * several at once take turns.
 */
@Injectable()
export class ContentRetention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ContentRetention.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private isLeaving = false;

  constructor(
    private readonly config: AppConfig,
    private readonly contents: ContentRetentionRepository,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.runPass().finally(() => (this.running = null));
    }, this.config.env.RETENTION_INTERVAL_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isLeaving = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** Makes one pass over everything. @returns what was erased and dropped. */
  async pass(): Promise<RetentionPass> {
    const dropped = await this.dropWeeks();
    let erased = 0;
    for (const expiring of await this.contents.listExpiring()) {
      if (this.isLeaving) break;
      erased += await this.expireAll(expiring);
    }
    return { erased, dropped };
  }

  private async runPass(): Promise<void> {
    try {
      const { erased, dropped } = await this.pass();
      if (erased === 0 && dropped.length === 0) return;
      this.logger.log({ erased, dropped }, 'content whose days are over was erased');
    } catch (error) {
      this.logger.warn(`content whose days are over could not be erased: ${getMessage(error)}`);
    }
  }

  private async dropWeeks(): Promise<string[]> {
    const dropped: string[] = [];
    let tries = 0;
    while (!this.isLeaving) {
      const { name, isBusy } = await this.contents.dropWeek();
      if (name !== null) {
        dropped.push(name);
        this.metrics.work.droppedPartitions.value += 1;
        tries = 0;
      } else {
        tries += 1;
        if (!isBusy || tries > MAX_TRIES) break;
        await sleep(TRY_AGAIN_MS);
      }
    }
    return dropped;
  }

  private async expireAll(expiring: ExpiringContent): Promise<number> {
    let total = 0;
    while (!this.isLeaving) {
      const erased = await this.contents.expire(expiring, BATCH_SIZE);
      total += erased;
      this.metrics.work.erasedBy.age.value += erased;
      if (erased < BATCH_SIZE) break;
      await sleep(PAUSE_MS);
    }
    return total;
  }
}
