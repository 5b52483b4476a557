import type { QueueSegments } from './queue-segments.js';

export interface ProjectQueueOptions {
  readonly segments: QueueSegments;
  /** A larger batch would never get in, so it is admitted when nothing else waits. */
  readonly mostQueued: number;
  readonly monotonicMs: () => number;
  /** Milliseconds by the database's clock. */
  readonly databaseNowMs: () => number;
  /** Called when a count fails. */
  readonly onFailure: (error: unknown) => void;
}

const COUNT_INTERVAL_MS = 500;
/** The share of time that full counts may take for a project whose queue is full. */
const FULL_COUNT_SHARE = 0.1;

/** The queue of one project as this process knows it: the last count plus what it has admitted since. */
export class ProjectQueue {
  private admitted = 0;
  /** The number admitted before the current count, which may not include them. */
  private beingCounted = 0;
  private refreshedAtMs = Number.NEGATIVE_INFINITY;
  /** Until then, the last full count is taken as current. */
  private fullUntilMs = Number.NEGATIVE_INFINITY;
  private counting: Promise<void> | null = null;

  constructor(private readonly options: ProjectQueueOptions) {}

  hasRoom(count: number): boolean {
    const waiting = this.options.segments.queued + this.beingCounted + this.admitted;
    return waiting === 0 || waiting + count <= this.options.mostQueued;
  }

  admit(count: number): void {
    this.admitted += count;
  }

  /** Starts a count when the last one is old. */
  refreshSoon(): void {
    if (this.options.monotonicMs() - this.refreshedAtMs < COUNT_INTERVAL_MS) return;
    this.counting ??= this.refresh();
  }

  /** Resolves when the current count, if any, is over. */
  async whenRefreshed(): Promise<void> {
    await this.counting;
  }

  /** Counts everything unless that was done a moment ago. Concurrent requests share the count. */
  async countAll(): Promise<void> {
    while (this.options.monotonicMs() >= this.fullUntilMs) {
      if (this.counting !== null) await this.counting;
      else await (this.counting = this.countFully());
    }
  }

  private refresh(): Promise<void> {
    const { segments, databaseNowMs } = this.options;
    const isFull = segments.isOne;
    return this.count(() => segments.refresh(databaseNowMs()), isFull);
  }

  private countFully(): Promise<void> {
    const { segments, databaseNowMs } = this.options;
    return this.count(() => segments.countAll(databaseNowMs()), true);
  }

  /** Never rejects, because nothing gets in anyway while the database is away. */
  private async count(work: () => Promise<void>, isFull: boolean): Promise<void> {
    const { monotonicMs, onFailure } = this.options;
    const sinceMs = monotonicMs();
    this.beingCounted = this.admitted;
    this.admitted = 0;
    try {
      await work();
    } catch (error) {
      onFailure(error);
      this.admitted += this.beingCounted;
    }
    this.beingCounted = 0;
    const nowMs = monotonicMs();
    this.refreshedAtMs = nowMs;
    if (isFull) this.fullUntilMs = nowMs + Math.max(COUNT_INTERVAL_MS, (nowMs - sinceMs) / FULL_COUNT_SHARE);
    this.counting = null;
  }
}
