import { Client, escapeIdentifier, Pool } from 'pg';
import { migrate } from '../../../support/database/database.js';
import { spawnService } from '../../../support/servers/processes.js';
import type { FaultProxy } from '../connections/fault-proxy.js';
import type { FaultyServer } from '../connections/faulty-server.js';
import { watchMoves } from './watch-moves.js';

const TEMPLATE = 'faults_template';

/** Bypasses the API and the proxy, as the owner of the tables, and survives restarts of the server. */
export class LedgerDatabase {
  private pool: Pool | null = null;
  private poolUrl = '';

  private constructor(
    private readonly server: FaultyServer,
    readonly name: string,
  ) {}

  /** Prepares the template of all rows: migrated, with the models of the catalogue, and with the harness's own watch on every move. */
  static async prepareTemplate(server: FaultyServer): Promise<void> {
    await withAdmin(server, async (admin) => {
      await admin.query(`CREATE DATABASE ${TEMPLATE}`);
    });
    const url = withDatabase(server.directUrl, TEMPLATE);
    await migrate(url);
    const seeding = spawnService('cli.js', { DATABASE_URL: url }, ['seed']);
    if ((await seeding.exit).code !== 0) throw new Error(seeding.logs.join('\n'));
    const client = new Client({ connectionString: url });
    await client.connect();
    await watchMoves(client);
    await client.end();
  }

  static async create(server: FaultyServer, name: string): Promise<LedgerDatabase> {
    await withAdmin(server, async (admin) => {
      await admin.query(`CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${TEMPLATE}`);
    });
    return new LedgerDatabase(server, name);
  }

  /** DATABASE_URL of the ledger's processes, which goes through the proxy. */
  get url(): string {
    return withDatabase(this.server.url, this.name);
  }

  /** Returns the URL through another proxy. */
  urlThrough(proxy: FaultProxy): string {
    const url = new URL(this.url);
    url.port = String(proxy.port);
    return url.href;
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.openPool().query<Row>(text, [...values])).rows;
  }

  async drop(): Promise<void> {
    await this.pool?.end();
    await withAdmin(this.server, async (admin) => {
      await admin.query(`DROP DATABASE ${escapeIdentifier(this.name)} WITH (FORCE)`);
    });
  }

  private openPool(): Pool {
    const url = withDatabase(this.server.directUrl, this.name);
    if (this.pool !== null && this.poolUrl === url) return this.pool;
    // The server was restarted at another port, and its connections are gone.
    this.pool?.end().catch(() => undefined);
    this.pool = new Pool({ connectionString: url, max: 4 });
    this.pool.on('error', () => undefined);
    this.poolUrl = url;
    return this.pool;
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function withAdmin(server: FaultyServer, work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: server.directUrl });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
