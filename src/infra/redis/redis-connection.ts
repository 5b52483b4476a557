import { createRequire } from 'node:module';
import type * as Redis from 'redis';

// Its 650 files are a tenth of what a process loads, so one without Redis does not load them.
const loadRedis = () => createRequire(__filename)('redis') as typeof Redis;

const CONNECT_TIMEOUT_MS = 2_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

export type RedisConnection = ReturnType<typeof openRedis>;

/** A connection that comes back by itself, and refuses commands at once while it is away. Whoever opens it destroys it. */
export function openRedis(redisUrl: string) {
  const client = loadRedis().createClient({
    url: redisUrl,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(FIRST_RETRY_MS * 2 ** retries, LAST_RETRY_MS),
    },
  });
  // Commands that fail report what is wrong; the client's own events are handled only so that they do not end the process.
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return client;
}
