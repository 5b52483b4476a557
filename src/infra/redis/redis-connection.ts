import { createClient } from 'redis';

const CONNECT_TIMEOUT_MS = 2_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;

export type RedisConnection = ReturnType<typeof openRedis>;

/** A connection that comes back by itself, and refuses commands at once while it is away. Whoever opens it destroys it. */
export function openRedis(redisUrl: string) {
  const client = createClient({
    url: redisUrl,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(FIRST_RETRY_MS * 2 ** retries, LAST_RETRY_MS),
    },
  });
  // What is wrong is told by commands that fail; the client's own events are here only so that they end no process.
  client.on('error', () => undefined);
  client.connect().catch(() => undefined);
  return client;
}
