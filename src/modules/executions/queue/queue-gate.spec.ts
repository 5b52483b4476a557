import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppConfig, parseEnvironment } from '../../../infra/config/index.js';
import type { DatabaseClock } from '../../../infra/database/index.js';
import { Clock } from '../../../kernel/index.js';
import { QueueFullError } from '../errors.js';
import { QueueGate } from './queue-gate.js';
import { SEGMENT_SIZE } from './queue-segments.js';
import type { ExecutionsRepository, QueueSlice, SliceCount } from '../record/index.js';

class FakeClock extends Clock {
  nowMs = 0;

  monotonicMs(): number {
    return this.nowMs;
  }
}

/** Opens a gate whose counts finish when the test says so. */
function openGate(variables: Record<string, string>) {
  const clock = new FakeClock();
  const counts: {
    projectId: string;
    slice: QueueSlice;
    answer: (count: SliceCount) => void;
    fail: (error: Error) => void;
  }[] = [];
  const countQueued = (projectId: string, slice: QueueSlice) =>
    new Promise<SliceCount>((answer, fail) => {
      counts.push({ projectId, slice, answer, fail });
    });
  const backends = { databaseUrl: '', keyHashSecret: null, embedded: false };
  const config = new AppConfig(parseEnvironment(variables), backends);
  const executions = { countQueued } as unknown as ExecutionsRepository;
  const databaseClock = { nowMs: () => clock.nowMs } as DatabaseClock;
  const gate = new QueueGate(config, executions, clock, databaseClock);
  const isLetIn = async (projectId: string, count = 1) => {
    try {
      await gate.admit(projectId, count);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'QUEUE_FULL', status: 429, headers: { 'Retry-After': '5' } });
      return false;
    }
  };
  /** Finishes the current count with this many, or with the most that it looks for. */
  const answer = async (waiting: number) => {
    await nextTurn();
    const { slice, answer: tell } = counts.shift() ?? { slice: { most: 0 }, answer: () => undefined };
    const queued = Math.min(waiting, slice.most);
    const last =
      queued === slice.most
        ? { dueAt: '-infinity', dueMs: Number.NEGATIVE_INFINITY, executionId: `${queued}` }
        : null;
    tell({ queued, floorDueAt: '0', last });
    await nextTurn();
  };
  return { gate, clock, counts, isLetIn, answer };
}

describe('the queue', () => {
  it('takes as many of a project as it may hold, counted or let in since', async () => {
    const { isLetIn, answer } = openGate({ MAX_QUEUED: '5' });
    expect(await isLetIn('a', 1)).toBe(true);
    await answer(3);
    // The count may or may not include the one that was admitted before.
    expect(await isLetIn('a', 1)).toBe(true);
    expect(await isLetIn('a', 1)).toBe(false);
    expect(await isLetIn('b', 5)).toBe(true);
    const asked = isLetIn('b', 1);
    await answer(5);
    expect(await asked).toBe(false);
  });

  it('is counted of the project that submits, and no further than it matters', async () => {
    const { isLetIn, counts } = openGate({ MAX_QUEUED: '7' });
    await isLetIn('a');
    expect(counts.map(({ projectId, slice }) => [projectId, slice.most])).toEqual([['a', 7]]);
  });

  it('is counted not for each request, but again after a while', async () => {
    const { isLetIn, answer, clock, counts } = openGate({ MAX_QUEUED: '2' });
    await isLetIn('a');
    await answer(2);
    expect(await isLetIn('a')).toBe(false);
    expect(counts).toHaveLength(0);
    clock.nowMs += 500;
    const asked = isLetIn('a');
    expect(counts).toHaveLength(1);
    await answer(2);
    expect(await asked).toBe(false);
    expect(counts).toHaveLength(0);
  });

  it('is not called full by an old count', async () => {
    const { isLetIn, answer, clock } = openGate({ MAX_QUEUED: '2' });
    await isLetIn('a');
    await answer(2);
    clock.nowMs += 3_600_000;
    const asked = [isLetIn('a'), isLetIn('a'), isLetIn('a')];
    await answer(0);
    expect(await Promise.all(asked)).toEqual([true, true, false]);
  });

  it('is not called full before all of its segments were counted', async () => {
    const { isLetIn, answer, clock, counts } = openGate({ MAX_QUEUED: `${3 * SEGMENT_SIZE}` });
    await isLetIn('a');
    for (let segment = 0; segment < 3; segment += 1) await answer(SEGMENT_SIZE);
    clock.nowMs += 500;
    const asked = [isLetIn('a'), isLetIn('a')];
    // The first segment and the one in turn are still full, so nothing beyond the last is counted and the partial count says no.
    for (let more = 0; more < 2; more += 1) await answer(SEGMENT_SIZE);
    // Counts everything from the beginning.
    expect(counts.map(({ slice }) => slice.upto)).toEqual([null]);
    await answer(SEGMENT_SIZE - 1);
    expect(await Promise.all(asked)).toEqual([true, true]);
    expect(counts).toHaveLength(0);
  });

  it('lets nobody slip in while it is being counted', async () => {
    const { isLetIn, answer, clock } = openGate({ MAX_QUEUED: '3' });
    await isLetIn('a');
    await answer(0);
    expect([await isLetIn('a'), await isLetIn('a')]).toEqual([true, true]);
    clock.nowMs += 500;
    const asked = isLetIn('a');
    await answer(3);
    expect(await asked).toBe(false);
  });

  it('keeps count while it cannot be counted', async () => {
    const { isLetIn, counts, clock } = openGate({ MAX_QUEUED: '2' });
    expect([await isLetIn('a'), await isLetIn('a')]).toEqual([true, true]);
    for (let round = 0; round < 2; round += 1) {
      clock.nowMs += 500;
      const asked = isLetIn('a');
      counts.shift()?.fail(new Error('the database is away'));
      expect(await asked).toBe(false);
    }
  });

  it('takes a batch that is larger than itself when nothing else waits', async () => {
    const { isLetIn, answer } = openGate({ MAX_QUEUED: '5' });
    expect(await isLetIn('a', 9)).toBe(true);
    await answer(9);
    expect(await isLetIn('a', 1)).toBe(false);
  });
});

describe('requests at once', () => {
  it('are so many at most, and of one project three quarters of them', () => {
    const { gate } = openGate({ MAX_CONCURRENT_REQUESTS: '4' });
    const ofA = [gate.enter('a'), gate.enter('a'), gate.enter('a')];
    expect(() => gate.enter('a')).toThrow(QueueFullError);
    const leaveB = gate.enter('b');
    expect(() => gate.enter('c')).toThrow(QueueFullError);
    leaveB();
    ofA[0]?.();
    const leaveC = gate.enter('c');
    gate.enter('a');
    expect(() => gate.enter('a')).toThrow(QueueFullError);
    leaveC();
    expect(() => gate.enter('b')).not.toThrow();
  });

  it('are one of a project at least', () => {
    const { gate } = openGate({ MAX_CONCURRENT_REQUESTS: '1' });
    gate.enter('a')();
    expect(() => gate.enter('a')).not.toThrow();
  });
});
