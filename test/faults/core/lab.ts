import { createClient } from 'redis';
import { FaultContext } from './fault-context.js';
import { FaultyServer } from './connections/faulty-server.js';
import { LedgerDatabase } from './checks/ledger-database.js';

/** The servers of a run, which all rows use one after another. Each row gets a database and an empty Redis. */
export class Lab {
  private opened = 0;

  private constructor(
    private readonly postgres: FaultyServer,
    private readonly redis: FaultyServer,
  ) {}

  static async start(): Promise<Lab> {
    const [postgres, redis] = await Promise.all([
      FaultyServer.start('postgres'),
      FaultyServer.start('redis'),
    ]);
    const lab = new Lab(postgres, redis);
    try {
      await LedgerDatabase.prepareTemplate(postgres);
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  async open(): Promise<FaultContext> {
    await Promise.all([this.postgres.restore(), this.redis.restore()]);
    await withRedis(this.redis.directUrl, (client) => client.sendCommand(['FLUSHALL']));
    const database = await LedgerDatabase.create(this.postgres, `faults_${(this.opened += 1)}`);
    return FaultContext.open(this.postgres, this.redis, database);
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.close(), this.redis.close()]);
  }
}

export type RedisClient = Pick<ReturnType<typeof createClient>, 'sendCommand'>;

/** Bypasses the proxy, for the harness's own use of Redis. */
export async function withRedis<T>(url: string, work: (client: RedisClient) => Promise<T>): Promise<T> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}
