import { type BeforeApplicationShutdown, Injectable, Logger, Module } from '@nestjs/common';

/** Says when the server ended an idle connection; while we are leaving anyway it is no news. */
@Injectable()
export class PoolErrorLog implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Database');
  private leaving = false;

  beforeApplicationShutdown(): void {
    this.leaving = true;
  }

  write(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (!this.leaving) this.logger.warn(`a connection was lost: ${message}`);
  }
}

@Module({ providers: [PoolErrorLog], exports: [PoolErrorLog] })
export class PoolErrorLogModule {}
