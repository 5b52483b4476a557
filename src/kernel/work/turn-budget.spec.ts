import { TurnBudget } from './turn-budget.js';

function busyFor(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

describe('TurnBudget', () => {
  it('leaves turns of the event loop to others when a lot of work comes at once', async () => {
    const budget = new TurnBudget(5);
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const results = await Promise.all([1, 2, 3, 4].map((each) => budget.run(() => (busyFor(6), each))));
    isOver = true;
    expect(results).toEqual([1, 2, 3, 4]);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('says that there is no room while a turn has done enough, and counts what runs all the same', async () => {
    const budget = new TurnBudget(5);
    expect(budget.hasRoom).toBe(true);
    expect(budget.runNow(() => (busyFor(6), 'done'))).toBe('done');
    expect(budget.hasRoom).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(budget.hasRoom).toBe(true);
  });

  it('hands on what the work throws, and goes on', async () => {
    const budget = new TurnBudget(5);
    const failing = budget.run(() => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await budget.run(() => 'yes')).toBe('yes');
  });

  it('does work in steps over many turns, several at once in turns of their own, and hands on what it throws', async () => {
    const budget = new TurnBudget(5);
    const order: string[] = [];
    function* work(name: string): Generator<void, string, void> {
      for (let step = 0; step < 6; step += 1) {
        busyFor(3);
        order.push(name);
        yield;
      }
      if (name === 'c') throw new Error('no');
      return name;
    }
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => budget.runSteps(work(name))));
    expect(results.map((each) => (each.status === 'fulfilled' ? each.value : 'threw'))).toEqual([
      'a',
      'b',
      'threw',
    ]);
    expect(order.indexOf('c')).toBeLessThan(order.lastIndexOf('a'));
  });
});
