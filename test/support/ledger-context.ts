import 'reflect-metadata';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { AppConfig, parseEnvironment } from '../../src/infra/config/index.js';
import { applicationDataSourceOptions, TenantScope } from '../../src/infra/database/index.js';
import { createTestDatabase } from './database.js';

/** A database of its own, seen as the application sees it (`scope`) and as its owner (`owner`). */
export interface LedgerContext {
  readonly url: string;
  readonly owner: Client;
  readonly scope: TenantScope;
  /** The defaults, with leases so short that a server which has just started is swept too. */
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
  return {
    url: database.url,
    owner,
    scope: new TenantScope(dataSource),
    config: new AppConfig(parseEnvironment({ LEASE_MS: '1000' }), {
      databaseUrl: database.url,
      keyHashSecret: null,
      embedded: false,
    }),
    projectId: (rows[0] as { project_id: string }).project_id,
    otherProjectId: (rows[1] as { project_id: string }).project_id,
    async close() {
      await dataSource.destroy();
      await owner.end();
      await database.drop();
    },
  };
}
