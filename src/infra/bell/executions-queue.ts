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
 * The number of hints that one process takes from Redis before the first of them is answered. Few, because what a full worker
 * holds does not wake an idle one; with one alone, only half as many a second were heard as with four or eight.
 */
export const HINTS_AT_ONCE = 4;

const CONNECT_TIMEOUT_MS = 2_000;
const DISCONNECT_TIMEOUT_MS = 200;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1_000;
const LOCK_MS = 30_000;

/** `prefix` keeps two ledgers on one Redis apart. Without a URL the queue exists but never connects. */
export function queueOptions(redisUrl: string | null, prefix: string): QueueOptions {
  const options: QueueOptions & { skipVersionCheck: boolean } = {
    prefix,
    // The check would open a connection at once; Bull opens them at first use otherwise.
    skipVersionCheck: true,
    settings: {
      lockDuration: LOCK_MS,
      stalledInterval: LOCK_MS,
      // The hint of a killed worker is removed, not repeated: long before, its execution was found in Postgres.
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
    // ioredis keeps the process alive for as long after a disconnect, by default 2 s.
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    // ioredis 5.11 takes a connection for ready when it breaks while the client's name and version are on their way,
    // and never makes another one (Bull forbids the ready check, which would notice).
    disableClientInfo: true,
    // Bull subscribes to news of delayed jobs, of which there are none; ioredis leaves the rejection of a subscription
    // that it renews itself to nobody.
    autoResubscribe: false,
    // By default a command waits for Redis for ever. Bull unsets this on its blocking connection.
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS),
  };
}

/**
 * The fence is part of the id, because Bull drops a job in silence whose id it still knows. No attempts, no delays:
 * when and how often something is tried again is for Postgres to say.
 */
export function jobOptions(hint: BellHint): Omit<JobOptions, 'repeat'> {
  return {
    jobId: `${hint.executionId}-${String(hint.fence)}`,
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: true,
  };
}

/** A hint as it came back from Redis, or null when it is not one. */
export function parseHint(data: unknown): BellHint | null {
  if (typeof data !== 'object' || data === null) return null;
  const { executionId, fence } = data as Record<string, unknown>;
  if (typeof executionId !== 'string' || typeof fence !== 'number') return null;
  return { executionId, fence };
}

/**
 * Leaves the end of the queue to the bell. Bull's start fails when the queue is closed before Redis was there; Nest does
 * not wait for that promise, nor Bull for the one in which it names its connection: unhandled, they would end a process
 * that is about to stop in order. And Nest's own way to close the queue waits without limit for a Redis that hangs.
 */
export function letQueueEnd(queue: Queue): void {
  const start = queue.process.bind(queue) as (...handler: unknown[]) => Promise<void>;
  Object.assign(queue, {
    process: (...handler: unknown[]) => start(...handler).catch(() => undefined),
    setWorkerName: () => Promise.resolve(),
    onApplicationShutdown: () => undefined,
  });
}
