import { setTimeout as sleep } from 'node:timers/promises';
import { heavyWork } from '../../../kernel/index.js';
import { isDatabaseOutage } from '../connections/database-outage.js';

export interface JournalOptions<Entry, Result> {
  /**
   * Writes the entries in one transaction and returns one result for each, in their order.
   * @param isRepeated whether the same entries were sent before with an unknown outcome, because the connection was lost before the
   *   answer. They may have been written already or may still be on their way, and must not be written twice.
   */
  write(entries: readonly Entry[], isRepeated: boolean): Promise<readonly Result[]>;
  /** Batches are written in the order of these keys, so that two batches never deadlock. */
  toKey(entry: Entry): string;
  readonly maxRows: number;
  /** Size of an entry in characters, where it may be large: a batch ends before it exceeds {@link MAX_BATCH_CHARS}. */
  countChars?(entry: Entry): number;
  /** The number of batches under way at once. */
  readonly workers: number;
  /** How long a batch is retried while the database is unreachable. */
  readonly patienceMs: number;
  /** Called after each committed batch. */
  readonly observer?: BatchObserver;
}

export interface BatchObserver {
  /** @param waitedMs how long the first entry waited for its batch to be sent. */
  committed(rows: number, waitedMs: number, commitMs: number): void;
}

interface Waiting<Entry, Result> {
  readonly entry: Entry;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** A statement of forty megabytes would be built in one turn of the event loop. */
const MAX_BATCH_CHARS = 1024 ** 2;
/** From this size on, building and encoding a statement takes milliseconds. */
const LARGE_BATCH_CHARS = 128 * 1024;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1000;
/** Serialization failure and deadlock: a plain retry succeeds. */
const TRANSIENT = new Set(['40001', '40P01']);
/** Bad data (22) or a broken constraint (23): the fault of one entry, not of all. */
const BAD_ENTRY = /^2[23]/;

/**
 * Group commit. Requests that are in flight together share one statement and one commit, and each is answered only after its own entry is
 * durable. The first entry goes at once, and the next batch gathers while it commits. A lone request therefore waits for no timer, and the
 * cost per request falls as the load rises.
 */
export class Journal<Entry, Result> {
  private waiting: Waiting<Entry, Result>[] = [];
  private busyWorkers = 0;
  private isDue = false;
  /** When the first of the waiting entries was appended. */
  private waitingSinceMs = 0;

  constructor(private readonly options: JournalOptions<Entry, Result>) {}

  /**
   * Resolves when the entry is durable.
   * @throws the database's error for this entry, or the outage when it outlasts the patience. After an outage it is unknown whether the
   *   entry was written.
   */
  append(entry: Entry): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) this.waitingSinceMs = performance.now();
      this.waiting.push({ entry, resolve, reject });
      this.flushSoon();
    });
  }

  /** Flushes at the end of this turn of the event loop, so that requests that arrive together travel together. */
  private flushSoon(): void {
    if (this.isDue || this.busyWorkers >= this.options.workers) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      void this.flush();
    });
  }

  private async flush(): Promise<void> {
    if (this.waiting.length === 0 || this.busyWorkers >= this.options.workers) return;
    this.busyWorkers += 1;
    const batch = this.waiting.splice(0, this.countBatch());
    const sentAtMs = performance.now();
    const waitedMs = sentAtMs - this.waitingSinceMs;
    this.waitingSinceMs = sentAtMs;
    // The batch is full: the rest goes to another worker, if one is free.
    if (this.waiting.length > 0) this.flushSoon();
    try {
      await this.settle(batch);
      this.options.observer?.committed(batch.length, waitedMs, performance.now() - sentAtMs);
    } finally {
      this.busyWorkers -= 1;
      if (this.waiting.length > 0) this.flushSoon();
    }
  }

  private countChars(entries: readonly Entry[]): number {
    let chars = 0;
    for (const entry of entries) chars += this.options.countChars?.(entry) ?? 0;
    return chars;
  }

  /** Returns at least one. */
  private countBatch(): number {
    const { maxRows } = this.options;
    if (this.options.countChars === undefined) return maxRows;
    let chars = 0;
    let count = 0;
    for (const { entry } of this.waiting) {
      chars += this.options.countChars(entry);
      if (count === maxRows || (count > 0 && chars > MAX_BATCH_CHARS)) break;
      count += 1;
    }
    return count;
  }

  private async settle(batch: Waiting<Entry, Result>[]): Promise<void> {
    const keyed = batch.map((waiting) => ({ key: this.options.toKey(waiting.entry), waiting }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    await this.writeOrBisect(
      keyed.map(({ waiting }) => waiting),
      false,
    );
  }

  /** A bad entry fails only itself: a batch with one is halved until that entry is alone. */
  private async writeOrBisect(batch: readonly Waiting<Entry, Result>[], wasSent: boolean): Promise<void> {
    const outcome = await this.writeThroughOutage(batch, wasSent);
    if (!('error' in outcome)) {
      batch.forEach((waiting, index) => waiting.resolve(outcome.results[index] as Result));
    } else if (batch.length > 1 && BAD_ENTRY.test(sqlState(outcome.error))) {
      const middle = Math.ceil(batch.length / 2);
      await this.writeOrBisect(batch.slice(0, middle), outcome.wasSent);
      await this.writeOrBisect(batch.slice(middle), outcome.wasSent);
    } else {
      for (const waiting of batch) waiting.reject(outcome.error);
    }
  }

  private async writeThroughOutage(
    batch: readonly Waiting<Entry, Result>[],
    wasSent: boolean,
  ): Promise<{ results: readonly Result[] } | { error: unknown; wasSent: boolean }> {
    const entries = batch.map(({ entry }) => entry);
    const giveUpAtMs = performance.now() + this.options.patienceMs;
    const isLarge = this.countChars(entries) > LARGE_BATCH_CHARS;
    let isRepeated = wasSent;
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)) {
      try {
        const write = () => this.options.write(entries, isRepeated);
        return { results: await (isLarge ? heavyWork.run(write) : write()) };
      } catch (error) {
        const isOutage = isDatabaseOutage(error);
        if (!isOutage && !TRANSIENT.has(sqlState(error))) return { error, wasSent: isRepeated };
        isRepeated ||= isOutage;
        if (performance.now() + waitMs > giveUpAtMs) return { error, wasSent: isRepeated };
        await sleep(waitMs);
      }
    }
  }
}

function sqlState(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
