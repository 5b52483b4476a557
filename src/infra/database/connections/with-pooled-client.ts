import type { Pool, PoolClient } from 'pg';
import { isDatabaseOutage } from './database-outage.js';

/**
 * Lends a connection of the pool for some work. It goes back to the pool also when a statement was refused, and is given up only
 * when the line to the server was lost: `Pool.query` would close it after any error, and a new one has everything to plan again.
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
