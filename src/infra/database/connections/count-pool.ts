import type { Pool } from 'pg';

export interface PoolCounts {
  readonly busy: number;
  readonly idle: number;
  /** Requests that are waiting for a connection. */
  readonly waiting: number;
}

export function countPool({ totalCount, idleCount, waitingCount }: Pool): PoolCounts {
  return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
}
