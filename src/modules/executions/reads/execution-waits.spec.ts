import type { ExecutionReadsRepository } from './execution-reads.repository.js';
import { ExecutionWaits } from './execution-waits.js';

function openWaits() {
  const final = new Set<string>();
  const database = { asked: [] as string[][], isDown: false };
  const findFinal = (asked: readonly { executionId: string }[]): Promise<string[]> => {
    const ids = asked.map(({ executionId }) => executionId);
    database.asked.push(ids);
    if (database.isDown) return Promise.reject(new Error('the database is away'));
    return Promise.resolve(ids.filter((id) => final.has(id)));
  };
  const waits = new ExecutionWaits({ findFinal } as unknown as ExecutionReadsRepository);
  const ended: string[] = [];
  const wait = (id: string, ms: number) =>
    void waits.untilFinal('project', id, ms).then(() => ended.push(id));
  return { waits, final, database, ended, wait };
}

describe('ExecutionWaits', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('ends each when it is final elsewhere, asked for together', async () => {
    const { final, database, ended, wait } = openWaits();
    wait('a', 60_000);
    wait('b', 60_000);
    await jest.advanceTimersByTimeAsync(1000);
    expect(ended).toEqual([]);
    expect(database.asked.length).toBeGreaterThan(3);
    expect(database.asked.every((ids) => ids.join() === 'a,b')).toBe(true);
    final.add('a');
    await jest.advanceTimersByTimeAsync(250);
    expect(ended).toEqual(['a']);
    final.add('b');
    await jest.advanceTimersByTimeAsync(250);
    expect(ended).toEqual(['a', 'b']);
    const asked = database.asked.length;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(database.asked).toHaveLength(asked);
  });

  it('ends all that wait for what has become final in this process, at once', async () => {
    const { waits, database, ended, wait } = openWaits();
    wait('a', 60_000);
    wait('a', 60_000);
    wait('b', 60_000);
    waits.wake('a');
    await jest.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(['a', 'a']);
    expect(database.asked).toEqual([]);
  });

  it('ends when the time is up, also while the database is away', async () => {
    const { database, ended, wait } = openWaits();
    database.isDown = true;
    wait('a', 2000);
    await jest.advanceTimersByTimeAsync(1999);
    expect(ended).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(ended).toEqual(['a']);
  });

  it('lets all go when the process is leaving, and nobody wait any more', async () => {
    const { waits, database, ended, wait } = openWaits();
    wait('a', 60_000);
    waits.leave();
    wait('b', 60_000);
    await jest.advanceTimersByTimeAsync(0);
    expect([...ended].sort()).toEqual(['a', 'b']);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(database.asked).toEqual([]);
  });
});
