import { ANY_TIME, type QueuePlace, type QueueSlice, type SliceCount } from '../record/index.js';

/** Counts a slice of the queue in one statement. */
export type CountSlice = (slice: QueueSlice) => Promise<SliceCount>;

/** Counting this many entries takes a statement half a millisecond on an idle machine and at most two on a busy one. */
export const SEGMENT_SIZE = 1_000;
/** Covers recent commits that the last look may not have seen. */
const SEEN_SLACK_MS = 1_500;
/** How often the floor is reset, as for claims, so that everything below it is found by then. */
const FULL_LOOK_MS = 60_000;

/** Extends from the end of the previous segment, exclusive, to its own end, inclusive. The last one is open. */
interface Segment {
  readonly upto: QueuePlace | null;
  readonly queued: number;
}

const OPEN: Segment = { upto: null, queued: 0 };

/**
 * Counts the waiting executions of a project in segments of about {@link SEGMENT_SIZE}, so that no statement counts more than
 * one of them. Claims take from the first segment, submits add where "now" lies, and retries add anywhere behind it. So {@link
 * refresh} counts the segments where something is known to happen and one more in turn, and {@link countAll} counts everything.
 * A queue of one segment is exact after either.
 *
 * Calls must not overlap; the caller ensures that.
 */
export class QueueSegments {
  private segments: Segment[] = [OPEN];
  private floor: string = ANY_TIME;
  private fullLookAtMs = 0;
  private lastLookMs = Number.NEGATIVE_INFINITY;
  private turn = 0;

  /**
   * @param most where the count ends.
   * @param segmentSize set by tests.
   */
  constructor(
    private readonly countSlice: CountSlice,
    private readonly most: number,
    private readonly segmentSize = SEGMENT_SIZE,
  ) {}

  get queued(): number {
    return this.segments.reduce((sum, { queued }) => sum + queued, 0);
  }

  /** Whether a refresh counts everything. */
  get isOne(): boolean {
    return this.segments.length === 1;
  }

  /**
   * Counts the first and the last segment, those that may have gained entries since the last call, and one more.
   * @param nowMs by the database's clock.
   */
  async refresh(nowMs: number): Promise<void> {
    this.look(nowMs);
    const chosen = new Set([0, this.segments.length - 1, this.nextInTurn()]);
    for (const at of this.findFilled(this.lastLookMs - SEEN_SLACK_MS, nowMs)) chosen.add(at);
    // Recounts from the end, because a segment that has grown splits into several.
    for (const at of [...chosen].sort((a, b) => b - a)) await this.recount(at);
    this.lastLookMs = nowMs;
    this.merge();
  }

  /** @param nowMs by the database's clock. */
  async countAll(nowMs: number): Promise<void> {
    this.look(nowMs);
    const counted = new QueueSegments(this.countSlice, this.most, this.segmentSize);
    counted.floor = this.floor;
    await counted.recount(0);
    this.segments = counted.segments;
    this.floor = counted.floor;
    this.lastLookMs = nowMs;
    this.merge();
  }

  private look(nowMs: number): void {
    if (nowMs < this.fullLookAtMs) return;
    this.fullLookAtMs = nowMs + FULL_LOOK_MS;
    this.floor = ANY_TIME;
  }

  private nextInTurn(): number {
    this.turn = (this.turn + 1) % this.segments.length;
    return this.turn;
  }

  /** Returns the segments with due times between two moments. */
  private findFilled(fromMs: number, untilMs: number): number[] {
    return this.segments.flatMap(({ upto }, at) => {
      const beginsMs = this.segments[at - 1]?.upto?.dueMs ?? Number.NEGATIVE_INFINITY;
      const endsMs = upto?.dueMs ?? Number.POSITIVE_INFINITY;
      return endsMs >= fromMs && beginsMs <= untilMs ? [at] : [];
    });
  }

  /** Recounts one segment, and splits it when it has more entries than a segment holds. */
  private async recount(at: number): Promise<void> {
    const segment = this.segments[at] ?? OPEN;
    const before = this.queued - segment.queued;
    const pieces: Segment[] = [];
    let after: QueueSlice['after'] = this.segments[at - 1]?.upto ?? { dueAt: this.floor };
    let counted = 0;
    for (;;) {
      // Behind the last boundary there may be any number. Before it, ask for one more than fits, because a count that stops at
      // its limit has to find out where, which takes as long again.
      const rest = segment.upto === null ? this.most - before - counted : this.segmentSize + 1;
      if (rest <= 0) break;
      const most = segment.upto === null ? Math.min(this.segmentSize, rest) : rest;
      const { queued, floorDueAt, last } = await this.countSlice({ after, upto: segment.upto, most });
      if (at === 0 && pieces.length === 0) this.floor = floorDueAt;
      counted += queued;
      if (last === null || isSame(last, segment.upto)) {
        pieces.push({ upto: segment.upto, queued });
        break;
      }
      pieces.push({ upto: last, queued });
      after = last;
    }
    // Keep an open segment at the end, even when nothing behind the last boundary was counted.
    if (segment.upto === null && pieces.at(-1)?.upto !== null) pieces.push(OPEN);
    this.segments.splice(at, 1, ...pieces);
  }

  /** Joins small neighbours, so that a drained queue leaves no boundaries behind. */
  private merge(): void {
    const merged: Segment[] = [];
    for (const segment of this.segments) {
      const last = merged.at(-1);
      const queued = (last?.queued ?? 0) + segment.queued;
      if (last !== undefined && queued <= this.segmentSize / 2)
        merged[merged.length - 1] = { ...segment, queued };
      else merged.push(segment);
    }
    this.segments = merged;
  }
}

function isSame(place: QueuePlace, other: QueuePlace | null): boolean {
  return place.executionId === other?.executionId && place.dueAt === other.dueAt;
}
