import { Outage, type OutageLogger, withTimeLimit } from '../../kernel/index.js';

/** A hint that work may be due. It may be lost, duplicated or late; Postgres holds the record. */
export interface BellHint {
  readonly executionId: string;
  /** The fence the execution has in Postgres; each new turn of the same execution has a higher one. */
  readonly fence: number;
}

/** Called for each ring. `null` means that unspecified work is due, or that rings may have been missed. */
export type OnRing = (hint: BellHint | null) => Promise<void> | void;

export type BellState = 'up' | 'down';

export interface BellCounts {
  /** Hints that were handed over to the bell's server. */
  readonly rung: number;
  /** Hints whose delivery failed, or was not confirmed within the time limit. */
  readonly lost: number;
}

/** Long enough for a busy server, short enough for a request that waits for it. */
export const DEFAULT_RING_TIMEOUT_MS = 250;

/**
 * Wakes the consumers of all processes. A bell never decides what is to be done: a consumer that hears it claims due work in Postgres, and
 * also polls Postgres on its own.
 *
 * Redis delivers each hint to one listening process. Postgres wakes all of them, once for any number of hints.
 */
export abstract class Bell {
  abstract readonly kind: 'postgres' | 'redis';

  protected isClosed = false;
  private rung = 0;
  private lost = 0;
  private readonly ringing: Outage;

  protected constructor(
    protected readonly logger: OutageLogger,
    protected readonly ringTimeoutMs: number,
    name: string,
  ) {
    this.ringing = new Outage(logger, `The bell (${name})`);
  }

  /**
   * Rings for work that is already committed. Never rejects, and takes no longer than the time limit. A failing bell is logged and counted,
   * and polling finds the work in Postgres a second later.
   */
  async ring(hints: readonly BellHint[]): Promise<void> {
    if (this.isClosed || hints.length === 0) return;
    try {
      await withTimeLimit(this.send(hints), this.ringTimeoutMs, 'Ringing');
      this.rung += hints.length;
      this.ringing.end();
    } catch (error) {
      this.lost += hints.length;
      this.ringing.begin(error);
    }
  }

  counts(): BellCounts {
    return { rung: this.rung, lost: this.lost };
  }

  /**
   * Calls `onRing` for each ring from now on. May be called once per bell. A promise that `onRing` returns holds back further rings until
   * it settles, so resolve it when a slot is free. Resolves after the first attempt to connect and never rejects: the bell keeps trying to
   * connect until it is closed.
   */
  abstract listen(onRing: OnRing): Promise<void>;

  /** Stops hearing rings but can still ring, for a process that finishes its work and takes no more. */
  abstract stopListening(): Promise<void>;

  /** Checks within a short time limit whether the bell's server answers. */
  abstract check(): Promise<BellState>;

  /** Closes all connections of the bell. May be called more than once. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.stopListening();
    await this.disconnect();
  }

  protected abstract send(hints: readonly BellHint[]): Promise<void>;

  protected abstract disconnect(): Promise<void>;

  /** A consumer that fails on a ring must not take the bell down with it. */
  protected async hear(onRing: OnRing, hint: BellHint | null): Promise<void> {
    try {
      await onRing(hint);
    } catch (error) {
      this.logger.warn(`A ring was not followed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
