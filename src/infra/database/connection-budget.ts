import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig, ConfigurationError, type Environment } from '../config/index.js';
import { APPLICATION_ROLE } from './connections/data-source-options.js';
import { JOURNAL_CONNECTIONS } from './journal/journal-connections.js';
import { TenantScope } from './tenant-scope.js';

/** Connections outside the pool: the journals', and the one that listens, see DatabaseListener. */
const FURTHER_CONNECTIONS = JOURNAL_CONNECTIONS + 1;

/** Returns the most connections that this number of processes opens together. */
export function countConnections(
  { DATABASE_POOL_SIZE }: Pick<Environment, 'DATABASE_POOL_SIZE'>,
  processes: number,
): number {
  return processes * (DATABASE_POOL_SIZE + FURTHER_CONNECTIONS);
}

/** Checks at startup rather than under load that connections are set up correctly and that there are enough of them. */
@Injectable()
export class ConnectionBudget implements OnApplicationBootstrap {
  private readonly logger = new Logger(ConnectionBudget.name);

  constructor(
    private readonly config: AppConfig,
    private readonly scope: TenantScope,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const [row] = await this.scope.system<{ role: string; free: number }>(
      `SELECT current_user AS role,
         current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS free`,
    );
    // Under another role row-level security might be off without any error, because a pooler can drop the startup option.
    if (row?.role !== APPLICATION_ROLE) {
      throw new ConfigurationError(
        `Connections to the database run as "${row?.role ?? ''}" and not as ${APPLICATION_ROLE}; a pooler in between must pass startup options on, or give its login that role.`,
      );
    }
    const { env, place, speaksForAll } = this.config;
    const needed = countConnections(env, place?.count ?? 1);
    if (needed > row.free && speaksForAll) {
      const who = place === null ? 'this process' : `these ${place.count} processes`;
      this.logger.warn(
        `${who} may open ${needed} connections and the server allows ${row.free} in all; lower ${place === null ? '' : 'WEB_CONCURRENCY or '}DATABASE_POOL_SIZE or raise max_connections`,
      );
    }
  }
}
