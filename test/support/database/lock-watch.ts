import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { LedgerContext } from './ledger-context.js';

const TICK_MS = 2;

/** The longest lock time of each kind, in milliseconds. */
export interface LongestLocks {
  /** How long somebody waited for a lock. */
  readonly waitMs: number;
  /** How long a transaction held a lock that blocks others: that of an erasure, or that of a table that is dropped. */
  readonly heldMs: number;
  /** The number of holders that were seen. */
  readonly holders: number;
}

interface Seen {
  readonly pid: number;
  readonly sinceMs: number;
  readonly delayMs: number;
}

/** Selects awaited locks by their `waitstart`, and those of erasures and drops by their transactions. */
const LOOK = `SELECT l.pid, l.virtualtransaction AS holder,
    CASE WHEN NOT l.granted THEN extract(epoch FROM clock_timestamp() - l.waitstart) * 1000 END::float8 AS "waitMs"
  FROM pg_locks l
  WHERE l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    -- At its end a transaction has no number any more, and for a moment its locks still.
    AND l.virtualtransaction NOT LIKE '%/0' AND (NOT l.granted OR l.locktype = 'advisory' AND l.mode = 'ExclusiveLock'
        AND l.classid = (hashtext('ledger_erase_content')::bigint & 4294967295)::oid
      OR l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock')`;

/**
 * Polls the locks of a database continuously. Time in which the holder waited for a core is not counted as held, because a busy
 * machine makes it longer. Where the system does not report it, all time counts.
 */
export class LockWatch {
  private waitMs = 0;
  private heldMs = 0;
  private readonly seen = new Map<string, Seen>();
  private isOver = false;
  private readonly looking: Promise<void>;

  private constructor(private readonly client: Client) {
    this.looking = this.look();
  }

  static async start({ url }: Pick<LedgerContext, 'url'>): Promise<LockWatch> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return new LockWatch(client);
  }

  async stop(): Promise<LongestLocks> {
    this.isOver = true;
    await this.looking;
    await this.client.end();
    return { waitMs: this.waitMs, heldMs: this.heldMs, holders: this.seen.size };
  }

  private async look(): Promise<void> {
    while (!this.isOver) {
      const { rows } = await this.client.query<{ pid: number; holder: string; waitMs: number | null }>(LOOK);
      for (const { pid, holder, waitMs } of rows) {
        if (waitMs === null) this.note(pid, holder);
        else this.waitMs = Math.max(this.waitMs, waitMs);
      }
      await sleep(TICK_MS);
    }
  }

  private note(pid: number, holder: string): void {
    const now = { pid, sinceMs: performance.now(), delayMs: readDelayMs(pid) };
    const first = this.seen.get(holder) ?? now;
    this.seen.set(holder, first);
    const heldMs = now.sinceMs - first.sinceMs - (now.delayMs - first.delayMs);
    this.heldMs = Math.max(this.heldMs, heldMs);
  }
}

/** Returns how long a process has waited for a core so far: the second figure of `schedstat`, in nanoseconds. */
function readDelayMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
