import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { TenantScope } from './tenant-scope.js';

/** Beside the pool: the bell's LISTEN. */
const FURTHER_CONNECTIONS = 1;

/** Says at the start, and not under load, when the server has too few connections for this process. */
@Injectable()
export class ConnectionBudget implements OnApplicationBootstrap {
  private readonly logger = new Logger(ConnectionBudget.name);

  constructor(
    private readonly config: AppConfig,
    private readonly scope: TenantScope,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const [row] = await this.scope.system<{ free: number }>(
      `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS free`,
    );
    const needed = this.config.env.DATABASE_POOL_SIZE + FURTHER_CONNECTIONS;
    if (row !== undefined && needed > row.free) {
      this.logger.warn(
        `this process may open ${needed} connections and the server allows ${row.free} in all; lower DATABASE_POOL_SIZE or raise max_connections`,
      );
    }
  }
}
