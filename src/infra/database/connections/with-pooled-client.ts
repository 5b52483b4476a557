import type { Pool, PoolClient } from 'pg';
import { isDatabaseOutage } from './database-outage.js';

/**
 * Lends a pooled connection for some work. The connection returns to the pool even after a failed statement, and is closed only when the
 * server was lost. `Pool.query` would close it after any error, and a new connection has to plan every statement again.
 */
export async function withPooledClient<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let isLost = false;
  try {
    return await work(client);
  } catch (error) {
    isLost = isDatabaseOutage(error);
    throw error;
  } finally {
    client.release(isLost);
  }
}
