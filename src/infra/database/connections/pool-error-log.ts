import { type BeforeApplicationShutdown, Injectable, Logger, Module } from '@nestjs/common';
import { getMessage } from '../../../kernel/index.js';

/** Logs when the server ends an idle connection, except during shutdown, when that is expected. */
@Injectable()
export class PoolErrorLog implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Database');
  private leaving = false;

  beforeApplicationShutdown(): void {
    this.leaving = true;
  }

  write(error: unknown): void {
    if (!this.leaving) this.logger.warn(`a connection was lost: ${getMessage(error)}`);
  }
}

@Module({ providers: [PoolErrorLog], exports: [PoolErrorLog] })
export class PoolErrorLogModule {}
