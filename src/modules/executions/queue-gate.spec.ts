import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppConfig, parseEnvironment } from '../../infra/config/index.js';
import { Clock } from '../../kernel/index.js';
import { QueueFullError } from './errors.js';
import type { ExecutionsRepository } from './record/index.js';
import { QueueGate } from './queue-gate.js';

class FakeClock extends Clock {
  nowMs = 0;

  monotonicMs(): number {
    return this.nowMs;
  }
}

/** A queue that is counted when the test says so. */
function openGate(variables: Record<string, string>) {
  const clock = new FakeClock();
  const counts: { answer: (queued: Map<string, number>) => void; fail: (error: Error) => void }[] = [];
  const countQueued = () =>
    new Promise<Map<string, number>>((answer, fail) => {
      counts.push({ answer, fail });
    });
  const backends = { databaseUrl: '', keyHashSecret: null, embedded: false };
  const config = new AppConfig(parseEnvironment(variables), backends);
  const gate = new QueueGate(config, { countQueued } as unknown as ExecutionsRepository, clock);
  const isLetIn = async (projectId: string, count = 1) => {
    try {
      await gate.admit(projectId, count);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'QUEUE_FULL', status: 429, headers: { 'Retry-After': '5' } });
      return false;
    }
  };
  /** The count that is under way finds these. */
  const answer = async (queued: Record<string, number>) => {
    counts.shift()?.answer(new Map(Object.entries(queued)));
    await nextTurn();
  };
  return { gate, clock, counts, isLetIn, answer };
}

describe('the queue', () => {
  it('takes as many of a project as it may hold, counted or let in since', async () => {
    const { isLetIn, answer } = openGate({ MAX_QUEUED: '5' });
    expect(await isLetIn('a', 1)).toBe(true);
    await answer({ a: 3 });
    // The one that was let in before may be among those that were counted, or not.
    expect(await isLetIn('a', 1)).toBe(true);
    expect(await isLetIn('a', 1)).toBe(false);
    expect(await isLetIn('b', 5)).toBe(true);
    expect(await isLetIn('b', 1)).toBe(false);
  });

  it('is counted not for each request, but again after a while', async () => {
    const { isLetIn, answer, clock, counts } = openGate({ MAX_QUEUED: '2' });
    await isLetIn('b');
    await answer({ a: 2 });
    expect(await isLetIn('a')).toBe(false);
    expect(counts).toHaveLength(0);
    clock.nowMs += 500;
    const asked = isLetIn('a');
    expect(counts).toHaveLength(1);
    await answer({ a: 2 });
    expect(await asked).toBe(false);
  });

  it('is not called full by an old count', async () => {
    const { isLetIn, answer, clock } = openGate({ MAX_QUEUED: '2' });
    await isLetIn('b');
    await answer({ a: 2 });
    clock.nowMs += 3_600_000;
    const asked = [isLetIn('a'), isLetIn('a'), isLetIn('a')];
    await answer({});
    expect(await Promise.all(asked)).toEqual([true, true, false]);
  });

  it('lets nobody slip in while it is being counted', async () => {
    const { isLetIn, answer, clock } = openGate({ MAX_QUEUED: '2' });
    await isLetIn('b');
    await answer({});
    expect([await isLetIn('a'), await isLetIn('a')]).toEqual([true, true]);
    clock.nowMs += 500;
    const asked = isLetIn('a');
    await answer({ a: 2 });
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
    await answer({});
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
