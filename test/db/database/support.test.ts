import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { createClient } from 'redis';
import { createEmptyDatabase, createTestDatabase } from '../../support/database/database.js';
import { startOwnPostgres, startOwnRedis } from '../../support/servers/own-server.js';
import { testRedisUrl } from '../../support/servers/redis.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the databases of the tests', () => {
  it('can be empty, and are gone when dropped', async () => {
    const one = await createEmptyDatabase();
    const tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    expect(await query(one.url, tables)).toEqual([]);
    await one.drop();
    await expect(query(one.url, 'SELECT 1')).rejects.toThrow('does not exist');
  });

  it('have the tables of the service, and nothing that another test wrote', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const count = "SELECT count(*)::int AS tables FROM pg_tables WHERE tablename = 'executions'";
    expect(await query(one.url, count)).toEqual([{ tables: 1 }]);
    await query(one.url, 'CREATE TABLE only_here (id int)');
    expect(await query(other.url, "SELECT to_regclass('only_here') AS found")).toEqual([{ found: null }]);
    await Promise.all([one.drop(), other.drop()]);
  });

  it('keep what was committed when their server is killed and started again', async () => {
    const server = await startOwnPostgres();
    try {
      await query(server.url, 'CREATE TABLE kept AS SELECT 7 AS id');
      await server.kill();
      await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
      await server.restart();
      expect(await query(server.url, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
    } finally {
      await server.stop();
    }
  });
});

describe('the Redis of the tests', () => {
  it('answers', async () => {
    const client = createClient({ url: testRedisUrl() });
    await client.connect();
    expect(await client.ping()).toBe('PONG');
    client.destroy();
  });

  it('is gone when killed, and back at the same address', async () => {
    const server = await startOwnRedis();
    try {
      await server.kill();
      const client = createClient({ url: server.url, socket: { reconnectStrategy: false } });
      client.on('error', () => undefined);
      await expect(client.connect()).rejects.toThrow();
      await server.restart();
      await client.connect();
      expect(await client.ping()).toBe('PONG');
      client.destroy();
    } finally {
      await server.stop();
    }
  });
});

describe('the build', () => {
  it('is there before a test starts', () => {
    expect(existsSync(`${__dirname}/../../../dist/src/main.js`)).toBe(true);
  });
});
