import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { getMessage } from '../../kernel/index.js';
import { TenantScope } from './tenant-scope.js';

const WEEKS_AHEAD = 4;
const HOUR_MS = 3_600_000;

/** Creates the weekly partitions of the execution tables four weeks ahead: before listening, then every hour. */
@Injectable()
export class PartitionsService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(PartitionsService.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly scope: TenantScope) {}

  /** Never fails the start: a row without a partition goes to the default one, and readiness warns. */
  async onApplicationBootstrap(): Promise<void> {
    await this.ensure();
    this.timer = setInterval(() => void this.ensure(), HOUR_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** @returns how many whole weeks after this one have a partition. */
  async weeksAhead(): Promise<number> {
    const [row] = await this.scope.system<{ weeks: number }>(
      'SELECT ledger_partition_weeks_ahead() AS weeks',
    );
    return row?.weeks ?? 0;
  }

  private async ensure(): Promise<void> {
    try {
      await this.scope.system('SELECT ledger_ensure_partitions($1)', [WEEKS_AHEAD]);
    } catch (error) {
      this.logger.error(`partitions could not be made: ${getMessage(error)}`);
    }
  }
}
