import fc from 'fast-check';
import { QueueSegments } from './queue-segments.js';
import { ANY_TIME, type QueuePlace, type QueueSlice, type SliceCount } from '../record/index.js';

const SEGMENT = 4;
const PLENTY = 1_000_000;

/** The queue of one project, counted the way Postgres counts it. */
class FakeQueue {
  /** Due times and ids, in order. */
  private entries: QueuePlace[] = [];
  private lastId = 0;
  nowMs = 1_000_000;
  /** The number of entries that each statement has looked at. */
  readonly counted: number[] = [];

  get length(): number {
    return this.entries.length;
  }

  /** Adds executions that are due now or later. */
  add(count: number, inMs = 0): void {
    for (let n = 0; n < count; n += 1) {
      const dueMs = this.nowMs + inMs;
      this.entries.push({ dueMs, dueAt: String(dueMs), executionId: String((this.lastId += 1)) });
    }
    this.entries.sort((a, b) => a.dueMs - b.dueMs || Number(a.executionId) - Number(b.executionId));
  }

  /** Claims executions that are due, the oldest first. */
  claim(count: number): void {
    const due = this.entries.filter(({ dueMs }) => dueMs <= this.nowMs).slice(0, count);
    this.entries = this.entries.filter((entry) => !due.includes(entry));
  }

  readonly count = ({ after, upto, most }: QueueSlice): Promise<SliceCount> => {
    const isBehind = (entry: QueuePlace, place: QueueSlice['after']) => {
      if (place.dueAt === ANY_TIME) return true;
      const dueMs = Number(place.dueAt);
      if (entry.dueMs !== dueMs) return entry.dueMs > dueMs;
      return !('executionId' in place) || Number(entry.executionId) > Number(place.executionId);
    };
    const slice = this.entries.filter(
      (entry) => isBehind(entry, after) && (upto === null || !isBehind(entry, upto)),
    );
    const found = slice.slice(0, most);
    this.counted.push(found.length);
    const floorMs = Math.min(found[0]?.dueMs ?? upto?.dueMs ?? Infinity, this.nowMs - 10_000);
    const last = found.length === most ? (found.at(-1) ?? null) : null;
    return Promise.resolve({ queued: found.length, floorDueAt: String(floorMs), last });
  };
}

function open(most = PLENTY) {
  const queue = new FakeQueue();
  const segments = new QueueSegments(queue.count, most, SEGMENT);
  return {
    queue,
    segments,
    refresh: () => segments.refresh(queue.nowMs),
    countAll: () => segments.countAll(queue.nowMs),
  };
}

describe('a queue in segments', () => {
  it('is empty before it was counted, and exact after it, however long it is', async () => {
    const { queue, segments, refresh } = open();
    queue.add(50);
    expect(segments.queued).toBe(0);
    await refresh();
    expect(segments.queued).toBe(50);
  });

  it('is counted a segment at a time', async () => {
    const { queue, refresh, countAll } = open();
    queue.add(50);
    await refresh();
    await countAll();
    expect(Math.max(...queue.counted)).toBe(SEGMENT);
  });

  it('of one segment is exact after each refresh, by one statement', async () => {
    const { queue, segments, refresh } = open();
    for (const [added, claimed] of [
      [3, 0],
      [0, 2],
      [2, 3],
    ] as const) {
      queue.add(added);
      queue.claim(claimed);
      queue.counted.length = 0;
      await refresh();
      expect(segments.queued).toBe(queue.length);
      expect(queue.counted).toHaveLength(1);
    }
  });

  it('notices what others submit and what is claimed at the next refresh, without counting the middle', async () => {
    const { queue, segments, refresh } = open();
    queue.add(200);
    await refresh();
    queue.nowMs += 3600_000;
    await refresh();
    queue.counted.length = 0;
    queue.add(3);
    queue.claim(2);
    await refresh();
    expect(segments.queued).toBe(201);
    expect(queue.counted.length).toBeLessThanOrEqual(4);
  });

  it('notices what is submitted while later segments wait for their retry', async () => {
    const { queue, segments, refresh } = open();
    queue.add(40, 7200_000);
    await refresh();
    queue.nowMs += 60_000;
    await refresh();
    queue.add(9);
    await refresh();
    expect(segments.queued).toBe(49);
  });

  it('notices what is submitted while the moment passes from one segment to the next', async () => {
    const { queue, segments, refresh } = open();
    for (let minute = 0; minute < 10; minute += 1) queue.add(SEGMENT, minute * 60_000 + 1);
    await refresh();
    for (let minute = 0; minute < 9; minute += 1) {
      const before = segments.queued;
      queue.add(2);
      queue.nowMs += 60_000;
      queue.add(2);
      await refresh();
      expect(segments.queued - before).toBeGreaterThanOrEqual(2);
    }
    await segments.countAll(queue.nowMs);
    expect(segments.queued).toBe(queue.length);
  });

  it('finds in turn what has changed in the middle', async () => {
    const { queue, segments, refresh } = open();
    queue.add(20);
    queue.add(20, 7200_000);
    await refresh();
    queue.nowMs += 60_000;
    // Adds retries, which are not announced.
    queue.add(7, 7200_000 - 60_000);
    for (let round = 0; round < 20; round += 1) await refresh();
    expect(segments.queued).toBe(47);
  });

  it('leaves no boundaries behind when it is worked off', async () => {
    const { queue, segments, refresh } = open();
    queue.add(200);
    await refresh();
    while (queue.length > 1) {
      queue.claim(3);
      await refresh();
      expect(segments.queued).toBe(queue.length);
    }
    expect(segments.isOne).toBe(true);
  });

  it('is counted no further than it matters, and further when that much is worked off', async () => {
    const { queue, segments, refresh } = open(10);
    queue.add(100);
    await refresh();
    expect(segments.queued).toBe(10);
    expect(queue.counted.reduce((sum, count) => sum + count, 0)).toBe(10);
    queue.claim(95);
    await segments.countAll(queue.nowMs);
    expect(segments.queued).toBe(5);
  });

  it('keeps what it knew when a count fails', async () => {
    const queue = new FakeQueue();
    let isDown = false;
    const count = (slice: QueueSlice) =>
      isDown ? Promise.reject(new Error('the database is away')) : queue.count(slice);
    const segments = new QueueSegments(count, PLENTY, SEGMENT);
    queue.add(30);
    await segments.refresh(queue.nowMs);
    isDown = true;
    await expect(segments.refresh(queue.nowMs)).rejects.toThrow('away');
    await expect(segments.countAll(queue.nowMs)).rejects.toThrow('away');
    expect(segments.queued).toBe(30);
  });

  it('is exact after a full count, whatever happened before, and after as many refreshes as it has segments', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        count: fc.integer({ min: 1, max: 12 }),
        inMs: fc.constantFrom(0, 0, 5_000, 120_000),
      }),
      fc.record({
        kind: fc.constant('claim' as const),
        count: fc.integer({ min: 1, max: 40 }),
        inMs: fc.constant(0),
      }),
      fc.record({
        kind: fc.constant('wait' as const),
        count: fc.constant(0),
        inMs: fc.constantFrom(1, 500, 5_000, 120_000),
      }),
      fc.record({
        kind: fc.constantFrom('refresh' as const, 'count' as const),
        count: fc.constant(0),
        inMs: fc.constant(0),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { queue, segments, refresh, countAll } = open();
        for (const { kind, count, inMs } of steps) {
          if (kind === 'add') queue.add(count, inMs);
          else if (kind === 'claim') queue.claim(count);
          else if (kind === 'wait') queue.nowMs += inMs;
          else if (kind === 'refresh') await refresh();
          else {
            await countAll();
            expect(segments.queued).toBe(queue.length);
          }
        }
        for (let round = 0; round < 160; round += 1) await refresh();
        expect(segments.queued).toBe(queue.length);
        expect(Math.max(0, ...queue.counted)).toBeLessThanOrEqual(SEGMENT + 1);
      }),
      { numRuns: 60 },
    );
  });
});
