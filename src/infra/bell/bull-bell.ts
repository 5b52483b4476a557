import type { Queue } from 'bull';
import { Outage, type OutageLogger, withTimeLimit } from '../../kernel/index.js';
import { Bell, DEFAULT_RING_TIMEOUT_MS, type BellHint, type BellState, type OnRing } from './bell.js';
import { jobOptions, letQueueEnd, parseHint } from './executions-queue.js';
import { RedisProbe } from './redis-probe.js';

export interface BullBellOptions {
  /** Created with `queueOptions()`. The bell closes it. */
  readonly queue: Queue<BellHint>;
  readonly redisUrl: string;
  readonly logger: OutageLogger;
  readonly ringTimeoutMs?: number;
  /** Default true. */
  readonly warnsOfEviction?: boolean;
}

/** In these states ioredis would hold a command back until it reconnects; ringing fails at once instead. */
const DISCONNECTED = new Set(['close', 'reconnecting', 'end']);
/** Bull waits half a second for each of its connections to close. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Bull on Redis: each hint goes to one listening process, and a process without a free slot takes none. */
export class BullBell extends Bell {
  readonly kind = 'redis';

  private readonly queue: Queue<BellHint>;
  private readonly probe: RedisProbe;
  private readonly held = new Set<() => void>();
  private readonly listener: Promise<OnRing>;
  private setListener: (onRing: OnRing) => void = () => undefined;
  private isListening = true;

  constructor(options: BullBellOptions) {
    super(options.logger, options.ringTimeoutMs ?? DEFAULT_RING_TIMEOUT_MS, 'Bull on Redis');
    this.queue = options.queue;
    letQueueEnd(this.queue);
    this.probe = new RedisProbe(options);
    this.listener = new Promise((resolve) => {
      this.setListener = resolve;
    });
    const connection = new Outage(options.logger, 'Redis');
    this.queue.on('error', (error: unknown) => {
      connection.begin(error);
    });
    this.queue.client.on('ready', () => {
      connection.end();
    });
  }

  /** Hints arrive through `deliver()`, which the process's Bull processor calls. */
  async listen(onRing: OnRing): Promise<void> {
    this.setListener(onRing);
    await Promise.resolve();
  }

  /**
   * Takes the data of one job from the Bull processor. Settles when the listener is ready for the next one and never rejects, so that Bull
   * keeps no failed jobs. Waits until `listen()` is called, because Nest starts processors first.
   */
  async deliver(data: unknown): Promise<void> {
    await new Promise<void>((release) => {
      if (!this.isListening) {
        release();
        return;
      }
      this.held.add(release);
      void this.listener
        .then((onRing) => this.hear(onRing, parseHint(data)))
        .finally(() => {
          this.held.delete(release);
          release();
        });
    });
  }

  /** Drops hints that wait for a free slot; other processes find their executions in Postgres. */
  async stopListening(): Promise<void> {
    this.isListening = false;
    await this.inTime(this.queue.pause(true, true));
    for (const release of this.held) release();
  }

  async check(): Promise<BellState> {
    return this.probe.check();
  }

  protected async send(hints: readonly BellHint[]): Promise<void> {
    if (DISCONNECTED.has(this.queue.client.status)) throw new Error('Redis is not connected');
    const jobs = await this.queue.addBulk(hints.map((hint) => ({ data: hint, opts: jobOptions(hint) })));
    // Within a transaction Bull ignores that Redis refused a command, for instance because its memory is full.
    if (jobs.some((job) => typeof job.id !== 'string')) throw new Error('Redis did not take every hint');
  }

  protected async disconnect(): Promise<void> {
    // Bull ends its blocking connection by opening it again. With Redis down or slow, that would happen after the close and repeat for
    // ever.
    for (const client of this.queue.clients) {
      client.connect = () => Promise.reject(new Error('The bell is closed'));
    }
    await this.inTime(this.queue.close(true));
    for (const client of this.queue.clients) if (client.status !== 'end') client.disconnect();
    this.probe.close();
  }

  private async inTime(work: Promise<unknown>): Promise<void> {
    await withTimeLimit(work, CLOSE_TIMEOUT_MS, 'Closing the queue').catch(() => undefined);
  }
}
