import type { JobOptions, Queue, QueueOptions } from 'bull';
import type { BellHint } from './bell.js';
import { redisOptionsFromUrl } from './redis-url.js';

/**
 * The prefix of all keys of the queue. The braces make a Redis cluster keep them in one slot: Bull's scripts
 * touch several keys at once, and a cluster refuses that across slots.
 */
export const KEY_PREFIX = '{prompt-ledger}';

/** The name of the one Bull queue. */
export const EXECUTIONS_QUEUE = 'executions';

/**
 * The number of hints that one process takes from Redis before it answers the first. Few, because hints held by a full worker do not wake
 * an idle one. With a limit of one, throughput was half of that with four or eight.
 */
export const HINTS_AT_ONCE = 4;

const CONNECT_TIMEOUT_MS = 2_000;
const DISCONNECT_TIMEOUT_MS = 200;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;
const LOCK_MS = 30_000;

/** `prefix` separates two ledgers on one Redis. Without a URL the queue exists but never connects. */
export function queueOptions(redisUrl: string | null, prefix: string): QueueOptions {
  const options: QueueOptions & { skipVersionCheck: boolean } = {
    prefix,
    // The version check would open a connection at once; without it, Bull connects at first use.
    skipVersionCheck: true,
    settings: {
      lockDuration: LOCK_MS,
      stalledInterval: LOCK_MS,
      // Removes the hint of a killed worker instead of repeating it: its execution was found in Postgres long before.
      maxStalledCount: 0,
      retryProcessDelay: LAST_RETRY_MS,
    },
    ...(redisUrl === null ? {} : { redis: connectionOptions(redisUrl) }),
  };
  return options;
}

function connectionOptions(redisUrl: string): Exclude<QueueOptions['redis'], string | undefined> {
  return {
    ...redisOptionsFromUrl(redisUrl),
    connectTimeout: CONNECT_TIMEOUT_MS,
    // ioredis keeps the process alive for this long after a disconnect, 2 s by default.
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    // If a connection breaks while ioredis 5.11 is sending the client's name and version, ioredis considers it ready and never reconnects.
    // Bull forbids the ready check, which would notice.
    disableClientInfo: true,
    // Bull subscribes to news of delayed jobs, which this queue never has. When ioredis renews a subscription itself, nothing handles a
    // rejection.
    autoResubscribe: false,
    // By default a command waits for Redis for ever. Bull removes this limit from its blocking connection.
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS),
  };
}

/**
 * The fence is part of the id, because Bull silently drops a job whose id it still knows. There are no attempts and no delays, because
 * Postgres decides when and how often to retry.
 */
export function jobOptions(hint: BellHint): Omit<JobOptions, 'repeat'> {
  return {
    jobId: `${hint.executionId}-${String(hint.fence)}`,
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: true,
  };
}

/** Parses a hint that came back from Redis. Returns null for anything else. */
export function parseHint(data: unknown): BellHint | null {
  if (typeof data !== 'object' || data === null) return null;
  const { executionId, fence } = data as Record<string, unknown>;
  if (typeof executionId !== 'string' || typeof fence !== 'number') return null;
  return { executionId, fence };
}

/**
 * Leaves closing the queue to the bell. Bull's start rejects when the queue is closed before Redis was reachable. Neither Nest nor Bull
 * handles the promises involved, so the rejection would crash a process that is shutting down in order. Nest's own hook for closing the
 * queue also waits without limit for a Redis that hangs.
 */
export function letQueueEnd(queue: Queue): void {
  const start = queue.process.bind(queue) as (...handler: unknown[]) => Promise<void>;
  Object.assign(queue, {
    process: (...handler: unknown[]) => start(...handler).catch(() => undefined),
    setWorkerName: () => Promise.resolve(),
    onApplicationShutdown: () => undefined,
  });
}
