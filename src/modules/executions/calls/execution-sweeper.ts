import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Bell } from '../../../infra/bell/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import { getMessage } from '../../../kernel/index.js';
import { ExecutionsRepository } from '../record/index.js';

const LONGEST_INTERVAL_MS = 5000;

/**
 * Settles executions whose lease lapsed without a report. Runs in every process, with or without a consumer, because an API
 * process has to settle its own runs after it was killed.
 */
@Injectable()
export class ExecutionSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ExecutionSweeper.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: AppConfig,
    private readonly executions: ExecutionsRepository,
    private readonly bell: Bell,
  ) {}

  onApplicationBootstrap(): void {
    const intervalMs = Math.min(LONGEST_INTERVAL_MS, this.config.env.LEASE_MS / 2);
    this.timer = setInterval(() => {
      this.sweep().catch((error: unknown) => {
        this.logger.warn(`could not look for lapsed executions: ${getMessage(error)}`);
      });
    }, intervalMs);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async sweep(): Promise<void> {
    const swept = await this.executions.sweepLapsed();
    for (const { executionId, status } of swept) {
      this.logger.warn({ executionId, status }, 'its process did not report back within its lease');
    }
    await this.bell.ring(swept.filter(({ status }) => status === 'queued'));
  }
}
