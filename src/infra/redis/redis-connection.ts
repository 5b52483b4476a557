import { createRequire } from 'node:module';
import type * as Redis from 'redis';

// Loaded on demand: its 650 files are a tenth of what a process loads, and a process without Redis does not need them.
const loadRedis = () => createRequire(__filename)('redis') as typeof Redis;

const CONNECT_TIMEOUT_MS = 2_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

export type RedisConnection = ReturnType<typeof openRedis>;

/** Opens a connection that reconnects by itself and refuses commands at once while it is down. The caller destroys it. */
export function openRedis(redisUrl: string) {
  const client = loadRedis().createClient({
    url: redisUrl,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(FIRST_RETRY_MS * 2 ** retries, LAST_RETRY_MS),
    },
  });
  // Failing commands report the error; this listener only keeps the client's own error events from ending the process.
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return client;
}
