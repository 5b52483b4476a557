import type { ProcessPlace } from './app-config.js';
import { Environment } from './environment.js';

/**
 * Returns one API process's share of the settings that limit concurrent outgoing work. More processes should use more cores, not call a
 * provider more often at once than was agreed with it. Limits on a process's own memory and connections (`MAX_CONCURRENT_REQUESTS`,
 * `DATABASE_POOL_SIZE`) are not divided.
 */
export function shareEnvironment(env: Environment, place: ProcessPlace): Environment {
  const concurrency = takeShare(env.CONCURRENCY, place);
  return Object.assign(new Environment(), env, {
    // With more processes than concurrent executions, some processes run no worker.
    WORKER: env.WORKER && concurrency > 0,
    CONCURRENCY: Math.max(1, concurrency),
    WEBHOOK_CONCURRENCY: Math.max(1, takeShare(env.WEBHOOK_CONCURRENCY, place)),
  });
}

/** The shares of all processes add up to `total`. */
function takeShare(total: number, { index, count }: ProcessPlace): number {
  return Math.floor(total / count) + (index <= total % count ? 1 : 0);
}
