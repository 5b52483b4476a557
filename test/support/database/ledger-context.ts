import 'reflect-metadata';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { AppConfig, parseEnvironment } from '../../../src/infra/config/index.js';
import { PoolErrorLog } from '../../../src/infra/database/connections/pool-error-log.js';
import {
  applicationDataSourceOptions,
  DatabaseClock,
  TenantScope,
} from '../../../src/infra/database/index.js';
import { Metrics } from '../../../src/infra/metrics/index.js';
import { SystemClock } from '../../../src/kernel/index.js';
import { ExecutionsRepository } from '../../../src/modules/executions/index.js';
import { createTestDatabase } from './database.js';
import { LossyConnections } from '../servers/lossy-connections.js';

/** A database of its own, as the application sees it (`scope`) and as its owner sees it (`owner`). */
export interface LedgerContext {
  readonly url: string;
  readonly owner: Client;
  readonly scope: TenantScope;
  readonly connections: LossyConnections;
  readonly executions: ExecutionsRepository;
  /** Opens the repository of another process, which has cached nothing. */
  openExecutions(): ExecutionsRepository;
  /** The defaults, with leases short enough that a server which has just started is swept too. */
  readonly config: AppConfig;
  /** The project that a fresh install starts in. */
  readonly projectId: string;
  /** Another tenant. */
  readonly otherProjectId: string;
  close(): Promise<void>;
}

export async function openLedgerContext(): Promise<LedgerContext> {
  const database = await createTestDatabase();
  const owner = new Client({ connectionString: database.url });
  await owner.connect();
  const dataSource = new DataSource(
    applicationDataSourceOptions({ url: database.url, poolSize: 8, onPoolError: () => undefined }),
  );
  await dataSource.initialize();
  const { rows } = await owner.query<{ project_id: string }>(
    `WITH made AS (INSERT INTO projects (name) VALUES ('other') RETURNING project_id, name)
     SELECT project_id FROM projects WHERE name = 'default' UNION ALL SELECT project_id FROM made`,
  );
  const config = new AppConfig(parseEnvironment({ LEASE_MS: '1000' }), {
    databaseUrl: database.url,
    keyHashSecret: null,
    embedded: false,
  });
  const scope = new TenantScope(dataSource);
  const clock = new SystemClock();
  const databaseClock = new DatabaseClock(scope, clock);
  await databaseClock.onModuleInit();
  const connections = new LossyConnections(config, new PoolErrorLog());
  const openExecutions = () =>
    new ExecutionsRepository(scope, connections, config, databaseClock, clock, new Metrics());
  return {
    url: database.url,
    owner,
    scope,
    connections,
    executions: openExecutions(),
    openExecutions,
    config,
    projectId: (rows[0] as { project_id: string }).project_id,
    otherProjectId: (rows[1] as { project_id: string }).project_id,
    async close() {
      databaseClock.onModuleDestroy();
      await connections.onApplicationShutdown();
      await dataSource.destroy();
      await owner.end();
      await database.drop();
    },
  };
}
