import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock, getMessage } from '../../kernel/index.js';
import { TenantScope } from './tenant-scope.js';

const SYNC_INTERVAL_MS = 60_000;
/** The first trip may include connecting, and a busy machine delays any of them, so the quickest of several counts. */
const TRIPS = 5;

/**
 * Tells the database's time without a round trip: reads it once and advances it by the process's monotonic clock, which neither operators
 * nor NTP adjust. Ids and times made here agree with the database's to within half of a quick round trip, whatever this machine's wall
 * clock says.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(DatabaseClock.name);
  private offsetMs: number | null = null;
  private lastTick = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly scope: TenantScope,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.sync();
    this.timer = setInterval(() => {
      this.sync().catch((error: unknown) => {
        this.logger.debug(`the database's time could not be read: ${getMessage(error)}`);
      });
    }, SYNC_INTERVAL_MS);
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Milliseconds since 1970, with a fraction. */
  nowMs(): number {
    if (this.offsetMs === null) throw new Error('the database clock has not been read yet');
    return this.clock.monotonicMs() + this.offsetMs;
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  /**
   * Makes a UUIDv7 the way `ledger_uuid7()` does: the 12 bits after the version hold the fraction of the millisecond. The ids of one
   * process ascend, so the ids of a batch follow the order of its entries.
   */
  newId(): string {
    const nowMs = this.nowMs();
    const tick = Math.max(Math.floor(nowMs * TICKS_PER_MS), this.nextTick(nowMs));
    this.lastTick = tick;
    const ms = Math.floor(tick / TICKS_PER_MS)
      .toString(16)
      .padStart(12, '0');
    const fraction = (tick % TICKS_PER_MS).toString(16).padStart(3, '0');
    return `${ms.slice(0, 8)}-${ms.slice(8)}-7${fraction}-${randomUUID().slice(19)}`;
  }

  /** When the database's clock has been set back, ids follow it rather than wait until it catches up. */
  private nextTick(nowMs: number): number {
    const isSetBack = this.lastTick / TICKS_PER_MS - nowMs > MOST_AHEAD_MS;
    return isSetBack ? 0 : this.lastTick + 1;
  }

  private async sync(): Promise<void> {
    let quickest: Trip | null = null;
    for (let trips = 0; trips < TRIPS; trips += 1) {
      const trip = await this.readOnce();
      if (trip !== null && (quickest === null || trip.tookMs < quickest.tookMs)) quickest = trip;
    }
    if (quickest !== null) this.offsetMs = quickest.offsetMs;
  }

  private async readOnce(): Promise<Trip | null> {
    const beforeMs = this.clock.monotonicMs();
    const [row] = await this.scope.system<{ ms: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::double precision AS ms',
    );
    const afterMs = this.clock.monotonicMs();
    if (row === undefined) return null;
    return { tookMs: afterMs - beforeMs, offsetMs: row.ms - (beforeMs + afterMs) / 2 };
  }
}

/** One reading of the database's time. The error of `offsetMs` is at most half of `tookMs`. */
interface Trip {
  readonly tookMs: number;
  readonly offsetMs: number;
}

/** The id has 12 bits for the fraction. Ticks since 1970 stay below 2^53 until 2039. */
const TICKS_PER_MS = 4096;
/** How far ids may run ahead of the clock: some four million of them. */
const MOST_AHEAD_MS = 1000;
